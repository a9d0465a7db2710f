import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AttemptEvent, ClientOptions } from "../../src/index.ts";
import { clientOn, granted, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const late = (response: () => Response, afterMs: number) =>
  new Promise<Response>((resolve) => setTimeout(() => resolve(response()), afterMs));

test("there is one event per attempt: what came, how long it took, what follows", async () => {
  const events: AttemptEvent[] = [];
  const { client } = clientOn(
    (attempt) => {
      if (attempt === 1) return late(() => json(503, {}, { "x-request-id": "id-1" }), 40);
      if (attempt === 2) return Promise.reject(new TypeError("fetch failed"));
      return late(
        () => new Response(granted().body, { status: 201, headers: { "x-request-id": "id-3" } }),
        7,
      );
    },
    { maxRetries: 2, onAttempt: (event) => events.push(event) },
  );
  const call = client.create(ROOM_ID);
  await vi.runAllTimersAsync();
  await call;
  expect(events).toEqual([
    {
      operation: "create",
      roomId: ROOM_ID,
      attempt: 1,
      status: 503,
      code: "server_error",
      requestId: "id-1",
      durationMs: 40,
      retryInMs: 250,
    },
    {
      operation: "create",
      roomId: ROOM_ID,
      attempt: 2,
      code: "connection_failed",
      durationMs: 0,
      retryInMs: 500,
    },
    { operation: "create", roomId: ROOM_ID, attempt: 3, status: 201, requestId: "id-3", durationMs: 7 },
  ]);
});

test("the event of the last failure, or of one that is not repeated, announces no wait", async () => {
  for (const status of [503, 403]) {
    const events: AttemptEvent[] = [];
    const { client } = clientOn(() => json(status, {}), { onAttempt: (event) => events.push(event) });
    await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }));
    expect(events).toMatchObject([{ operation: "refresh", attempt: 1, status }]);
    expect(events[0]?.retryInMs).toBeUndefined();
  }
});

test("a timeout is reported with its code; an aborted attempt and a missing key are not reported", async () => {
  const events: AttemptEvent[] = [];
  const options: ClientOptions = { timeoutMs: 50, onAttempt: (event) => events.push(event) };
  const { client } = clientOn(() => new Promise(() => {}), options);
  const caller = new AbortController();
  const aborted = rejection(client.create(ROOM_ID, {}, { signal: caller.signal }));
  await vi.advanceTimersByTimeAsync(20);
  caller.abort();
  await aborted;
  const timedOut = rejection(client.create(ROOM_ID));
  await vi.runAllTimersAsync();
  await timedOut;
  await rejection(clientOn(granted, { ...options, apiKey: () => "" }).client.create(ROOM_ID));
  expect(events).toEqual([
    { operation: "create", roomId: ROOM_ID, attempt: 1, durationMs: 50, code: "timeout" },
  ]);
});

test("no attempt, no event: input that is refused and a missing key report nothing", async () => {
  const onAttempt = vi.fn();
  const { client } = clientOn(granted, { onAttempt, apiKey: null });
  await rejection(client.create("x"));
  await rejection(client.create(ROOM_ID));
  expect(onAttempt).not.toHaveBeenCalled();
});

test("what onAttempt throws, now or later, changes nothing and is no unhandled rejection", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const throwing = () => {
    throw new Error("mine");
  };
  for (const onAttempt of [throwing, async () => throwing(), () => new Promise<void>(() => {})]) {
    const { client, seen } = clientOn((attempt) => (attempt === 1 ? json(503, {}) : granted()), {
      maxRetries: 1,
      onAttempt,
    });
    const call = client.create(ROOM_ID);
    await vi.runAllTimersAsync();
    expect((await call).token).toBe("CANARY-token");
    expect(seen).toHaveLength(2);
  }
  vi.useRealTimers();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("an unusable success is reported with its status and its code", async () => {
  const onAttempt = vi.fn();
  await rejection(clientOn(() => json(201, {}), { onAttempt }).client.create(ROOM_ID));
  expect(onAttempt).toHaveBeenCalledWith(expect.objectContaining({ status: 201, code: "invalid_response" }));
});

test("where there is no performance, a call works and its attempts take 0 ms", async () => {
  vi.stubGlobal("performance", undefined);
  const onAttempt = vi.fn();
  await clientOn(granted, { onAttempt }).client.create(ROOM_ID);
  vi.unstubAllGlobals();
  expect(onAttempt).toHaveBeenCalledWith(expect.objectContaining({ status: 201, durationMs: 0 }));
});

test("an attempt that is retried after a timeout, or without an answer, is reported with its code", async () => {
  const events: AttemptEvent[] = [];
  const { client } = clientOn(
    (attempt) => (attempt === 1 ? new Promise(() => {}) : Promise.reject(new TypeError("fetch failed"))),
    { maxRetries: 2, timeoutMs: 50, onAttempt: (event) => events.push(event) },
  );
  const failed = rejection(client.create(ROOM_ID));
  await vi.runAllTimersAsync();
  await failed;
  expect(events.map(({ code }) => code)).toEqual(["timeout", "connection_failed", "connection_failed"]);
});
