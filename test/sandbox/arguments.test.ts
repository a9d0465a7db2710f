import { expect, it } from "vitest";
import { startSandbox } from "../../src/sandbox/index.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { create } from "./helpers.ts";

const sandbox = new StandIn();
const circle: unknown[] = [];
circle.push(circle);

const CALLS = {
  startSandbox: (options: unknown) => startSandbox(options as object),
  failNext: (fault: unknown) => sandbox.failNext(fault as object),
  set: (settings: unknown) => sandbox.set(settings as object),
  advance: (ms: unknown) => sandbox.advance(ms as number),
};

it.each<[keyof typeof CALLS, unknown, words: string]>([
  ["startSandbox", { port: "80" }, "port"],
  ["startSandbox", { port: 65_536 }, "port"],
  ["startSandbox", { roomId: "lobby" }, "roomId"],
  ["startSandbox", { apiKey: "" }, "apiKey"],
  ["startSandbox", { apiKey: "two words" }, "apiKey"],
  ["startSandbox", { host: "::" }, "port, apiKey, roomId"],
  ["startSandbox", "8080", "options"],
  ["failNext", { count: 2 }, '"count"'],
  ["failNext", 503, "fault"],
  ["failNext", { status: 100 }, "status"],
  ["failNext", { status: 600 }, "status"],
  ["failNext", { headers: { "Retry-After": 17 } }, "headers"],
  ["failNext", { headers: { "X-A": "a\nb" } }, "headers"],
  ["failNext", { headers: { "X-A": "a\u0001b" } }, "headers"],
  ["failNext", { headers: { "X-A": "\u007f" } }, "headers"],
  ["failNext", { headers: { "X A": "a" } }, "headers"],
  ["failNext", { headers: "Retry-After: 17" }, "headers"],
  ["failNext", { body: circle }, "body"],
  ["failNext", { body: () => "text" }, "body"],
  ["failNext", { dropConnection: 1 }, "dropConnection"],
  ["failNext", { times: 0 }, "times"],
  ["failNext", { times: 1.5 }, "times"],
  ["set", { latency: 5 }, '"latency"'],
  ["set", undefined, "settings"],
  ["set", { latencyMs: -1 }, "latencyMs"],
  ["set", { latencyMs: 2 ** 31 }, "latencyMs"],
  ["set", { requestsPerMinute: -1 }, "requestsPerMinute"],
  ["set", { requestsPerMinute: Number.POSITIVE_INFINITY }, "requestsPerMinute"],
  ["advance", -1, "ms"],
  ["advance", "600", "ms"],
  ["advance", Number.POSITIVE_INFINITY, "ms"],
])("%s(%j) is invalid_argument, with words about %s", async (call, argument, words) => {
  await expect(async () => CALLS[call](argument)).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringContaining(words),
  });
});

it("a mistake changes nothing", async () => {
  expect(() => sandbox.set({ dropConnections: true, latencyMs: -1 })).toThrow();
  expect(() => sandbox.failNext({ status: 503, times: 0 })).toThrow();
  expect((await create(sandbox)).status).toBe(201);
});
