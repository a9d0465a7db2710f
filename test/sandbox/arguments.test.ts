import { afterAll, beforeAll, expect, it } from "vitest";
import { isRoomTokenError } from "../../src/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const circle: unknown[] = [];
circle.push(circle);

type Action = () => unknown;
const mistakes: [string, string, Action][] = [
  ["a port that is no number", "port", () => startSandbox({ port: "80" as never })],
  ["a port beyond 65535", "port", () => startSandbox({ port: 65_536 })],
  ["a room id that is no UUID", "roomId", () => startSandbox({ roomId: "lobby" })],
  ["an empty key", "apiKey", () => startSandbox({ apiKey: "" })],
  ["a key with a space", "apiKey", () => startSandbox({ apiKey: "two words" })],
  [
    "a host, which there is no option for",
    "port, apiKey, roomId",
    () => startSandbox({ host: "::" } as never),
  ],
  ["options that are no object", "options", () => startSandbox("8080" as never)],
  ["an unknown member of a fault", '"count"', () => sandbox.failNext({ count: 2 } as never)],
  ["a fault that is no object", "fault", () => sandbox.failNext(503 as never)],
  ["a status below 200", "status", () => sandbox.failNext({ status: 100 })],
  ["a status above 599", "status", () => sandbox.failNext({ status: 600 })],
  [
    "a header that is a number",
    "headers",
    () => sandbox.failNext({ headers: { "Retry-After": 17 as never } }),
  ],
  ["a header with a line feed", "headers", () => sandbox.failNext({ headers: { "X-A": "a\nb" } })],
  ["a header name with a space", "headers", () => sandbox.failNext({ headers: { "X A": "a" } })],
  ["headers that are no object", "headers", () => sandbox.failNext({ headers: "Retry-After: 17" as never })],
  ["a body that is a circle", "body", () => sandbox.failNext({ body: circle })],
  ["a body that is a function", "body", () => sandbox.failNext({ body: () => "text" })],
  [
    "a dropConnection that is no boolean",
    "dropConnection",
    () => sandbox.failNext({ dropConnection: 1 as never }),
  ],
  ["zero times", "times", () => sandbox.failNext({ times: 0 })],
  ["half a time", "times", () => sandbox.failNext({ times: 1.5 })],
  ["an unknown setting", '"latency"', () => sandbox.set({ latency: 5 } as never)],
  ["no settings", "settings", () => sandbox.set(undefined as never)],
  ["a negative latency", "latencyMs", () => sandbox.set({ latencyMs: -1 })],
  ["a latency beyond the longest timer", "latencyMs", () => sandbox.set({ latencyMs: 2 ** 31 })],
  ["a limit below zero", "requestsPerMinute", () => sandbox.set({ requestsPerMinute: -1 })],
  [
    "an endless limit",
    "requestsPerMinute",
    () => sandbox.set({ requestsPerMinute: Number.POSITIVE_INFINITY }),
  ],
  ["a time that goes back", "ms", () => sandbox.advance(-1)],
  ["a time that is no number", "ms", () => sandbox.advance("600" as never)],
  ["a time that does not end", "ms", () => sandbox.advance(Number.POSITIVE_INFINITY)],
];

it.each(mistakes)("%s is invalid_argument, with words about %s", async (_, words, action) => {
  const error = await Promise.resolve()
    .then(action)
    .catch((thrown: unknown) => thrown);
  expect(isRoomTokenError(error) && error.code).toBe("invalid_argument");
  expect(String(error)).toContain(words);
});

it("a mistake changes nothing", async () => {
  expect(() => sandbox.set({ dropConnections: true, latencyMs: -1 })).toThrow();
  expect(() => sandbox.failNext({ status: 503, times: 0 })).toThrow();
  const url = `${sandbox.url}/rooms/${sandbox.roomId}/actions/generate_join_client_token`;
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" };
  expect((await fetch(url, { method: "POST", headers, body: "{}" })).status).toBe(201);
});
