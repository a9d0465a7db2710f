import { expect, test, vi } from "vitest";
import { findCanaries } from "../faults/canaries.ts";
import { clientOn, errorOf, GRANT_DATA, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

const MIB = 2 ** 20;
const GRANT = JSON.stringify({ data: GRANT_DATA });
type Body = string | Uint8Array<ArrayBuffer>;

/** An answer with this body, of a length that is told or not: openapi-fetch reads the two in different ways. */
const FRAMINGS: ((status: number, body: Body) => Response)[] = [
  (status, body) => new Response(body, { status }),
  (status, body) =>
    new Response(body, { status, headers: { "content-length": `${Buffer.byteLength(body)}` } }),
];

test.each<[what: string, body: string]>([
  ["a grant", GRANT],
  ["a grant after a byte order mark", `\ufeff${GRANT}`],
  ["a grant of 1 MiB", GRANT.padEnd(MIB)],
  ["unknown members", JSON.stringify({ data: { ...GRANT_DATA, region: "eu", constructor: 5 }, meta: {} })],
])("any 2xx with %s is a result", async (_, body) => {
  for (const answer of FRAMINGS) {
    for (const status of [200, 201, 299]) {
      const { client } = clientOn(() => answer(status, body));
      expect(await client.create(ROOM_ID)).toEqual({
        token: "CANARY-token",
        tokenExpiresAt: new Date("2026-11-22T10:10:00Z"),
        refreshToken: "CANARY-refresh",
        refreshTokenExpiresAt: new Date("2026-11-22T11:00:00Z"),
      });
    }
  }
});

const NO_GRANT: [what: string, body: Body][] = [
  ["nothing", ""],
  ["HTML", "<!doctype html><title>Log in</title>eyJhbGciOiJIUzI1NiJ9.CANARY"],
  ["a grant without its last bracket", GRANT.slice(0, -1)],
  ["a grant cut within a token", GRANT.slice(0, 24)],
  ["a grant with something behind it", `${GRANT}x`],
  ["two grants", `${GRANT}${GRANT}`],
  ["a form", "token=CANARY-opaque-token-0123456789&refresh_token=CANARY-opaque-token-0123456789"],
  ["a grant in single quotes", "{'data':{'token':'CANARY-opaque-token-0123456789'}}"],
  ["null", "null"],
  ["a number", "5"],
  ["a list", `[${GRANT}]`],
  ["a string", JSON.stringify(GRANT)],
  ["a bare token", '"CANARY-token"'],
  ["an empty object", "{}"],
  ["data that is null", '{"data":null}'],
  ["data that is a string", '{"data":"CANARY-token"}'],
  ["a grant without data", JSON.stringify(GRANT_DATA)],
  ["data in __proto__", `{"__proto__":${GRANT}}`],
  ["an error", '{"errors":[{"code":"10009","title":"Authentication failed"}]}'],
  ["bytes that are no UTF-8", Uint8Array.of(0xff, 0xfe, 0x00, 0xd8)],
  ["UTF-16", Uint8Array.from(Buffer.from(GRANT, "utf16le"))],
  ["100,000 brackets", "[".repeat(100_000)],
];

test.each(NO_GRANT)("a 201 of %s is an invalid_response that shows no token", async (_, body) => {
  for (const answer of FRAMINGS) {
    const error = await errorOf(() => answer(201, body));
    expect(error).toMatchObject({ code: "invalid_response", status: 201, retryable: false });
    expect(error.message).toMatch(/failed: 201 without a usable token: no JSON object with data$/);
    expect(findCanaries(error)).toEqual([]);
  }
});

const NO_TEXT = "a token that is not a non-empty string";
const NO_TIME = "a token_expires_at that is not an RFC 3339 time";
const SPOILT: [data: Record<string, unknown>, problem: string][] = [
  [{ token: undefined }, "no token"],
  [{ token: "" }, NO_TEXT],
  [{ token: 5 }, NO_TEXT],
  [{ token: ["CANARY"] }, NO_TEXT],
  [{ token: { jwt: "CANARY" } }, NO_TEXT],
  [{ token_expires_at: undefined }, "no token_expires_at"],
  [{ token_expires_at: "soon" }, NO_TIME],
  [{ token_expires_at: {} }, NO_TIME],
  [{ token_expires_at: null }, NO_TIME],
  [{ token_expires_at: 1790000000 }, NO_TIME],
  [{ token_expires_at: ["2026-11-22T10:10:00Z"] }, NO_TIME],
  [{ refresh_token: undefined }, "no refresh_token"],
  [{ refresh_token: null }, "a refresh_token that is not a non-empty string"],
  [{ refresh_token_expires_at: undefined }, "no refresh_token_expires_at"],
  [{ refresh_token_expires_at: "" }, "a refresh_token_expires_at that is not an RFC 3339 time"],
];

test.each(SPOILT)("data with %j is an invalid_response that says: %s", async (change, problem) => {
  const answer = () => json(201, { data: { ...GRANT_DATA, ...change } }, { "x-request-id": "id-1" });
  const error = await errorOf(answer);
  expect(error).toMatchObject({ code: "invalid_response", status: 201, requestId: "id-1" });
  expect(error.message).toMatch(new RegExp(`: ${problem} \\(request id id-1\\)$`));
  expect(findCanaries(error)).toEqual([]);
  // A refresh needs the token alone.
  const refreshed = clientOn(answer).client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
  if (problem.includes("refresh_token")) expect((await refreshed).token).toBe("CANARY-token");
  else
    expect(await rejection(refreshed)).toMatchObject({ message: expect.stringContaining(`: ${problem} (`) });
});

test.each([
  [403, "forbidden", '\ufeff{"title":"No"}', { errors: [{ title: "No" }] }],
  [502, "server_error", "<html>", { errors: [], bodyText: "<html>" }],
  [404, "not_found", "", { errors: [], bodyText: "" }],
])("a %i is %s, with the words of its body %j", async (status, code, body, expected) => {
  for (const answer of FRAMINGS)
    expect(await errorOf(() => answer(status, body))).toMatchObject({ status, code, ...expected });
});

test("a Content-Length that is wrong hides neither the code nor the text of what came", async () => {
  const headers = { "content-length": "0" };
  const error = await errorOf(() => json(429, { title: "No" }, headers));
  expect(error).toMatchObject({ code: "rate_limited", bodyText: '{"title":"No"}' });
  const noGrant = { code: "invalid_response", bodyText: "{}" };
  expect(await errorOf(() => json(201, {}, headers))).toMatchObject(noGrant);
  for (const headers of [{}, { "content-length": "0" }, { "content-length": "7" }] as Record<
    string,
    string
  >[]) {
    const empty = await errorOf(() => new Response(null, { status: 204, headers }));
    expect(empty).toMatchObject({ code: "invalid_response", status: 204, bodyText: "" });
  }
});

/** A body that gives what `pull` says. */
const stream = (pull: UnderlyingDefaultSource<Uint8Array>["pull"], cancel = () => {}) =>
  new ReadableStream<Uint8Array>({ ...(pull && { pull }), cancel }, { highWaterMark: 0 });

test.each([
  [201, "invalid_response"],
  [403, "forbidden"],
])("of an endless body with status %i 1 MiB is read, the rest dropped: %s", async (status, code) => {
  const cancel = vi.fn();
  let taken = 0;
  const body = stream((controller) => {
    taken += 1000;
    controller.enqueue(new Uint8Array(1000).fill(0x20));
  }, cancel);
  const error = await errorOf(() => new Response(body, { status }));
  expect(error).toMatchObject({ status, code, bodyText: " ".repeat(1000) });
  expect(taken).toBeGreaterThan(MIB);
  expect(taken).toBeLessThanOrEqual(MIB + 1000);
  expect(cancel).toHaveBeenCalledOnce();
});

test.each([
  ["1 MiB and a space", GRANT.padEnd(MIB + 1)],
  ["more than 1 MiB, but of fewer characters", `${GRANT}${"\u00a0".repeat(MIB / 2)}`],
])("a grant in a body of %s is an invalid_response", async (_, body) => {
  const error = await errorOf(() => new Response(body));
  expect(error.code).toBe("invalid_response");
  expect(error.message).toMatch(/no JSON object with data within 1 MiB$/);
});

test("a character that is split between chunks is read as one", async () => {
  const bytes = Buffer.from(JSON.stringify({ data: { ...GRANT_DATA, token: "tökén😀" } }));
  const parts = bytes.values();
  const body = stream((controller) => {
    const { done, value } = parts.next();
    if (done) controller.close();
    else controller.enqueue(Uint8Array.of(value));
  });
  expect((await clientOn(() => new Response(body)).client.create(ROOM_ID)).token).toBe("tökén😀");
});

/** A response without a web stream, as node-fetch and most stubs have it. */
const streamless = (status: number, text: () => Promise<string>) =>
  ({ status, headers: new Headers({ "x-request-id": "id-1" }), text }) as unknown as Response;

test("a response without a stream is read by its text(), up to 1 MiB too", async () => {
  for (const text of [GRANT, `\ufeff${GRANT}`, GRANT.padEnd(MIB)]) {
    const { client } = clientOn(() => streamless(201, async () => text));
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  }
  const refused = await errorOf(() => streamless(403, async () => '{"title":"No"}'));
  expect(refused).toMatchObject({ code: "forbidden", errors: [{ title: "No" }] });
  const over = await errorOf(() => streamless(201, async () => GRANT.padEnd(MIB + 1)));
  expect(over.message).toMatch(/within 1 MiB \(request id id-1\)$/);
});

const cut = () => Promise.reject(Object.assign(new Error("cut"), { code: "ECONNRESET" }));

test.each([
  [
    "a stream",
    (status: number) => new Response(stream(cut), { status, headers: { "x-request-id": "id-1" } }),
  ],
  ["a text()", (status: number) => streamless(status, cut)],
])(
  "%s that breaks off is connection_failed on a 2xx; an error response stands without its text",
  async (_, give) => {
    const error = await errorOf(() => give(201));
    expect(error).toMatchObject({ code: "connection_failed", retryable: true });
    expect(error.message).toMatch(/failed: the connection failed \(ECONNRESET: cut\)$/);
    for (const [status, code] of [
      [302, "redirect_refused"],
      [403, "forbidden"],
      [500, "server_error"],
    ] as const) {
      const stands = { status, code, requestId: "id-1", errors: [], bodyText: "" };
      expect(await errorOf(() => give(status))).toMatchObject(stands);
    }
  },
);

test.each([
  ["goes on for ever", (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))],
  ["stalls", () => new Promise(() => {})],
])(
  "after the deadline a body that %s is cancelled, even if the fetch ignores its signal",
  async (_, wait) => {
    const cancel = vi.fn();
    const body = stream(async (controller) => {
      await wait(10);
      controller.enqueue(new Uint8Array(1));
    }, cancel);
    expect(await errorOf(() => new Response(body), { timeoutMs: 50 })).toMatchObject({ code: "timeout" });
    await vi.waitFor(() => expect(cancel).toHaveBeenCalled(), { timeout: 30_000 });
  },
);
