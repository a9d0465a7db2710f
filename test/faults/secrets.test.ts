import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import * as everything from "../../src/index.ts";
import {
  type AttemptEvent,
  type ClientOptions,
  RoomTokenClient,
  type RoomTokenError,
} from "../../src/index.ts";
import { ROOM_ID, rejection } from "../unit/support.ts";
import { API_KEY, findCanaries, JWT, OPAQUE_TOKEN, REFRESH_TOKEN } from "./canaries.ts";

const TELNYX_KEY = "KEY0123456789ABCDEF0123456789ABCDEF_CANARYabcdef";

/** All that a failing create shows: its error and its events. */
async function shown(options: ClientOptions): Promise<{ error: RoomTokenError; events: AttemptEvent[] }> {
  const events: AttemptEvent[] = [];
  const onAttempt = (event: AttemptEvent) => events.push(event);
  const client = new RoomTokenClient({ apiKey: API_KEY, maxRetries: 0, onAttempt, ...options });
  return { error: (await rejection(client.create(ROOM_ID))) as RoomTokenError, events };
}

test("a client that has made calls shows no key and no token, nor do the exports of the package", async () => {
  const fetch = async () => new Response(JSON.stringify({ data: {} }), { status: 201 });
  for (const apiKey of [API_KEY, () => API_KEY]) {
    const client = new RoomTokenClient({ apiKey, fetch, headers: { "x-a": "b" } });
    await rejection(client.create(ROOM_ID));
    await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }));
    expect(findCanaries(client)).toEqual([]);
  }
  expect(findCanaries({ ...everything })).toEqual([]);
});

test("input that is refused is not shown, whatever it is", async () => {
  const client = new RoomTokenClient({ apiKey: API_KEY, maxRetries: 0 });
  const bad = "CANARY\n" as never;
  const errors = [
    ...[
      { apiKey: bad },
      { baseUrl: bad },
      { baseUrl: "https://CANARY:CANARY@h" },
      { baseUrl: "https://h?CANARY" },
      { timeoutMs: bad },
      { maxRetries: bad },
      { headers: { "x-a": bad } },
      { headers: { [bad]: "x" } },
      { headers: bad },
      { fetch: bad },
      { onAttempt: bad },
    ].map((options: ClientOptions) => {
      try {
        return new RoomTokenClient(options);
      } catch (thrown) {
        return thrown;
      }
    }),
    await rejection(client.create(bad)),
    await rejection(client.create(ROOM_ID, { tokenTtlSecs: bad })),
    await rejection(client.create(ROOM_ID, bad)),
    await rejection(client.create(ROOM_ID, {}, { signal: bad, headers: { "x-a": bad } })),
    await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN, tokenTtlSecs: bad })),
    await rejection(client.refresh(bad, { refreshToken: REFRESH_TOKEN })),
  ];
  for (const error of errors) {
    expect(error).toMatchObject({ code: "invalid_argument" });
    expect(findCanaries(error)).toEqual([]);
  }
});

/** What a foreign fetch, or a tracer around it, may throw: the whole request hangs on it. */
function tellTale(url: string, init: { headers: Record<string, string>; body: string }): Error {
  const bearer = init.headers["authorization"] ?? "";
  const inner = Object.assign(new Error(`ECONNRESET ${bearer}`), { code: bearer, config: { url, init } });
  const outer = new TypeError(`cannot send ${JSON.stringify(init)}`, { cause: inner });
  return Object.assign(outer, { request: { url, init }, [Symbol("init")]: init, name: bearer });
}

test("a foreign error that holds the whole request is copied without its secrets", async () => {
  const { error, events } = await shown({
    fetch: async (url, init) => {
      throw tellTale(url, init);
    },
  });
  expect(error).toMatchObject({ code: "connection_failed", cause: { cause: {} } });
  expect(findCanaries([error, events])).toEqual([]);
});

test.each([
  ["a Telnyx key", TELNYX_KEY],
  ["a JWT", JWT],
  ["a bearer", `Bearer ${OPAQUE_TOKEN}`],
])("what a key function throws is cleaned of %s, although nobody knows it", async (_, secret) => {
  const apiKey = () => {
    throw Object.assign(new Error(`vault said <${secret}>`, { cause: `also ${secret}` }), { vault: secret });
  };
  const { error, events } = await shown({ apiKey });
  expect(error).toMatchObject({
    code: "missing_api_key",
    cause: { message: expect.stringContaining("vault said") },
  });
  expect(findCanaries([error, events])).toEqual([]);
});

test("the key of a function is replaced in an echo as the given one is, in the request id too", async () => {
  const { error, events } = await shown({
    apiKey: async () => API_KEY,
    fetch: async (_, { headers }) =>
      new Response(JSON.stringify({ title: `no such key: ${headers["authorization"]}` }), {
        status: 401,
        headers: { "x-request-id": `req-${API_KEY}` },
      }),
  });
  expect(error).toMatchObject({ code: "unauthorized", requestId: "req-[redacted]" });
  expect(error.message).toContain("no such key: Bearer [redacted]");
  expect(findCanaries([error, events])).toEqual([]);
});

test("of a token cut in half by the bound of 1 MiB no half is shown", async () => {
  const bodyText = '{"data":{"a":"[redacted]","token":"[redacted]"';
  for (const token of [JWT, OPAQUE_TOKEN]) {
    for (const end of [5, 20, 29]) {
      const head = `{"data":{"a":"`;
      const tail = `","token":"${token}","token_expires_at":"2026-11-22T10:00:00Z"}}`;
      const body = `${head}${"x".repeat(2 ** 20 - head.length - 11 - end)}${tail}${" ".repeat(2 ** 20)}`;
      const { error } = await shown({ fetch: async () => new Response(body, { status: 201 }) });
      expect(error).toMatchObject({
        code: "invalid_response",
        bodyText,
      });
      expect(findCanaries(error)).toEqual([]);
    }
  }
});

test("nothing is written to the console, also when it all goes wrong", async () => {
  const writers = (["stdout", "stderr"] as const).map((name) => vi.spyOn(process[name], "write"));
  const warnings = vi.fn();
  process.on("warning", warnings);
  await shown({ fetch: async () => new Response("x", { status: 503 }), maxRetries: 1 });
  await shown({ fetch: () => Promise.reject(new Error(API_KEY)) });
  process.off("warning", warnings);
  for (const writer of writers) expect(writer).not.toHaveBeenCalled();
  expect(warnings).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

test("a process that logs its errors in every way, and dies of one, writes no secret", async () => {
  const child = fileURLToPath(new URL("./careless-child.ts", import.meta.url));
  const env = { ...process.env, TELNYX_API_KEY: API_KEY, REFRESH_TOKEN };
  const run = promisify(execFile)(process.execPath, ["--import", "tsx", child], { env });
  const { stdout, stderr } = (await rejection(run)) as { stdout: string; stderr: string };
  expect(stdout.match(/RoomTokenError/g)?.length).toBeGreaterThan(5);
  expect(stderr.match(/\[redacted\]/g)?.length).toBeGreaterThan(1);
  expect(stderr).toMatch(/code: 'forbidden'/);
  expect(findCanaries(stdout + stderr)).toEqual([]);
});
