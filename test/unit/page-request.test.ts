import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readRefreshToken } from "../../src/client/page-request.ts";
import { findCanaries } from "../faults/canaries.ts";
import { REFRESH_TOKEN, rejection } from "./support.ts";

const TEXT = JSON.stringify({ refreshToken: REFRESH_TOKEN });

function request(body?: BodyInit): Request {
  return new Request("https://app.example/token", { method: "POST", body, duplex: "half" } as RequestInit);
}

class TokenDto {
  readonly refreshToken: string = REFRESH_TOKEN;
}

test.each<[kind: string, body: () => unknown]>([
  ["parsed JSON", () => ({ refreshToken: REFRESH_TOKEN })],
  ["parsed JSON without a prototype", () => Object.assign(Object.create(null), JSON.parse(TEXT))],
  ["an instance of a framework's class", () => new TokenDto()],
  ["JSON text", () => TEXT],
  ["JSON text after a BOM", () => `\ufeff${TEXT}`],
  ["a Request", () => request(TEXT)],
  ["what has a method text, such as Hono's request", () => ({ text: () => Promise.resolve(TEXT) })],
  ["a promise of parsed JSON", () => request(TEXT).json()],
  ["a promise of text", () => request(TEXT).text()],
  ["a promise of a Request", () => Promise.resolve(request(TEXT))],
  ["JSON text of 16,384 characters", () => TEXT.padEnd(16_384)],
])("a refresh token is found in %s", async (_, body) => {
  expect(await readRefreshToken(body())).toBe(REFRESH_TOKEN);
});

test.each<[kind: string, body: () => unknown]>([
  ["null", () => null],
  ["an empty object", () => ({})],
  ["empty text", () => ""],
  ["blank text", () => " \n"],
  ["the text null", () => "null"],
  ["a Request without a body", () => request()],
  ["a promise of undefined", () => Promise.resolve(undefined)],
  ["a refresh token that is null", () => ({ refreshToken: null })],
  ["other members", () => JSON.parse('{"roomId":"x","__proto__":{"refreshToken":"CANARY"}}')],
])("%s has no refresh token", async (_, body) => {
  expect(await readRefreshToken(body())).toBeUndefined();
});

test("a refresh token of 8,192 characters is found", async () => {
  const refreshToken = "x".repeat(8_192);
  expect(await readRefreshToken({ refreshToken })).toBe(refreshToken);
});

const form = new FormData();
form.set("refreshToken", REFRESH_TOKEN);
const used = () => {
  const read = request(TEXT);
  return read.text().then(() => read);
};
const broken = new ReadableStream({ pull: () => Promise.reject(new Error("CANARY")) });

test.each<[kind: string, body: () => unknown, problem: RegExp]>([
  ["broken JSON", () => '{"refreshToken":"CANARY', /a JSON object/],
  ["text that is no JSON", () => "refreshToken=CANARY", /a JSON object/],
  ["a Request with broken JSON", () => request("{CANARY"), /a JSON object/],
  ["a promise of broken JSON", () => request("{CANARY").json(), /rejected/],
  ["text of 1 MB", () => JSON.stringify({ refreshToken: "x".repeat(2 ** 20) }), /at most 16384/],
  ["a Request of 1 MB", () => request(" ".repeat(2 ** 20)), /at most 16384/],
  ["a list", () => [{ refreshToken: REFRESH_TOKEN }], /a JSON object/],
  ["the text of a list", () => `[${TEXT}]`, /a JSON object/],
  ["the text of a string", () => JSON.stringify(TEXT), /a JSON object/],
  ["a number", () => 5, /a JSON object/],
  ["false", () => false, /a JSON object/],
  ["a function", () => () => TEXT, /a JSON object/],
  ["bytes", () => new TextEncoder().encode(TEXT), /a JSON object/],
  ["a Buffer", () => Buffer.from(TEXT), /a JSON object/],
  ["an ArrayBuffer", () => new ArrayBuffer(8), /a JSON object/],
  ["a DataView", () => new DataView(new ArrayBuffer(8)), /a JSON object/],
  ["a Blob", () => new Blob([TEXT]), /a JSON object/],
  ["a File", () => new File([TEXT], "body.json"), /a JSON object/],
  ["a form", () => form, /a JSON object/],
  ["a query", () => new URLSearchParams("refreshToken=CANARY"), /a JSON object/],
  ["a map", () => new Map([["refreshToken", REFRESH_TOKEN]]), /a JSON object/],
  ["a web stream", () => request(TEXT).body, /a JSON object/],
  ["Node's request, which is a stream", () => Readable.from([TEXT]), /a JSON object/],
  ["a framework's request without a method text", () => ({ headers: {}, body: TEXT }), /a JSON object/],
  ["a Request that was read already", used, /was read before/],
  ["a Request that breaks off", () => request(broken), /broke off/],
  ["a refresh token that is a number", () => ({ refreshToken: 7 }), /non-empty refreshToken/],
  ["a refresh token that is empty", () => ({ refreshToken: "" }), /non-empty refreshToken/],
  ["a refresh token that is an object", () => ({ refreshToken: { CANARY: 1 } }), /non-empty refreshToken/],
  ["a refresh token that is too long", () => ({ refreshToken: "x".repeat(8_193) }), /at most 8192/],
  ["the spelling of Telnyx", () => ({ refresh_token: REFRESH_TOKEN }), /refreshToken/],
])("%s is refused, and never taken for none", async (_, body, problem) => {
  const error = (await rejection(readRefreshToken(body()))) as Error;
  expect(error).toMatchObject({ code: "invalid_argument", message: expect.stringMatching(problem) });
  expect(error.message).toMatch(/^requestBody (?!.*xxx)/);
  expect(findCanaries(error)).toEqual([]);
});
