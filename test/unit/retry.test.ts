import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AttemptEvent, ClientOptions, RoomTokenError } from "../../src/index.ts";
import { clientOn, granted, json, ROOM_ID, rejection } from "./support.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T10:00:00Z") });
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const unavailable = (headers = {}) => json(503, {}, headers);
const stalled = () => new Promise<never>(() => {});

/** Lets all timers run off, and gives what became of the call. */
async function settle<T>(call: Promise<T>): Promise<{ result?: T; error?: RoomTokenError }> {
  const outcome = call.then(
    (result) => ({ result }),
    (error: RoomTokenError) => ({ error }),
  );
  await vi.runAllTimersAsync();
  return outcome;
}

/** The waits that the client announced in a create whose every attempt is answered in the same way. */
async function waitsFor(answer: () => Response | Promise<Response>, options: ClientOptions = {}) {
  const events: AttemptEvent[] = [];
  const { client, seen } = clientOn(answer, {
    maxRetries: 2,
    onAttempt: (event) => events.push(event),
    ...options,
  });
  const startedAt = Date.now();
  const { error } = await settle(client.create(ROOM_ID));
  expect(events).toHaveLength(seen.length);
  const waits = events.map(({ retryInMs }) => retryInMs);
  return { waits, error, elapsedMs: Date.now() - startedAt, events };
}

test.each([408, 425, 429, 500, 502, 503, 504, 599])(
  "status %i is repeated, twice by default",
  async (status) => {
    const { client, seen } = clientOn(() => json(status, {}), { maxRetries: undefined });
    expect((await settle(client.create(ROOM_ID))).error).toMatchObject({ status, retryable: true });
    expect(seen).toHaveLength(3);
  },
);

test.each([300, 307, 400, 401, 402, 403, 404, 405, 409, 410, 422, 424, 426, 428, 431, 451, 501])(
  "status %i is not repeated",
  async (status) => {
    const { client, seen } = clientOn(() => json(status, {}), { maxRetries: 5 });
    expect((await settle(client.create(ROOM_ID))).error).toMatchObject({ status, retryable: false });
    expect(seen).toHaveLength(1);
  },
);

test("an unusable 2xx is not repeated", async () => {
  const { client, seen } = clientOn(() => json(201, {}), { maxRetries: 5 });
  expect((await settle(client.create(ROOM_ID))).error).toMatchObject({ code: "invalid_response" });
  expect(seen).toHaveLength(1);
});

test("a failed connection is repeated, and the call succeeds where a later attempt does", async () => {
  const answers = [() => Promise.reject(new TypeError("fetch failed")), unavailable, granted];
  const { client, seen } = clientOn((attempt) => answers[attempt - 1]?.() ?? stalled(), { maxRetries: 2 });
  expect((await settle(client.create(ROOM_ID, { tokenTtlSecs: 60 }))).result?.token).toBe("CANARY-token");
  expect(seen).toHaveLength(3);
  expect(seen.map(({ body }) => body)).toEqual(Array(3).fill({ token_ttl_secs: 60 }));
  expect(new Set(seen.map(({ signal }) => signal)).size).toBe(3);
});

test("an attempt that takes too long is given up and repeated", async () => {
  const { client, seen } = clientOn((attempt) => (attempt === 1 ? stalled() : granted()), {
    maxRetries: 1,
    timeoutMs: 700,
  });
  const call = client.create(ROOM_ID);
  await vi.advanceTimersByTimeAsync(699);
  expect(seen[0]?.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(seen[0]?.signal.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(250);
  expect((await call).token).toBe("CANARY-token");
  expect(seen).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("the deadline is 15 s by default, that of the client or that of the call", async () => {
  const cases: [ClientOptions, number | undefined, number][] = [
    [{}, undefined, 15_000],
    [{ timeoutMs: 3000 }, undefined, 3000],
    [{ timeoutMs: 3000 }, 40_000, 40_000],
  ];
  for (const [options, timeoutMs, expectedMs] of cases) {
    const { client } = clientOn(stalled, options);
    const startedAt = Date.now();
    const { error } = await settle(client.create(ROOM_ID, {}, { timeoutMs }));
    expect(error).toMatchObject({ code: "timeout", retryable: true });
    expect(error?.message).toContain(`${expectedMs} ms`);
    expect(Date.now() - startedAt).toBe(expectedMs);
  }
});

test("the deadline counts to the last byte of the body, whatever the status", async () => {
  for (const status of [201, 403, 503]) {
    const { client, seen } = clientOn(() => new Response(new ReadableStream(), { status }), {
      timeoutMs: 1000,
    });
    const startedAt = Date.now();
    expect((await settle(client.create(ROOM_ID))).error).toMatchObject({ code: "timeout" });
    expect(Date.now() - startedAt).toBe(1000);
    expect(seen[0]?.signal.aborted).toBe(true);
  }
});

test("maxRetries of 0 is one attempt, and that of the call wins", async () => {
  const { client, seen } = clientOn(unavailable, { maxRetries: 0 });
  await settle(client.create(ROOM_ID));
  expect(seen).toHaveLength(1);
  await settle(client.create(ROOM_ID, {}, { maxRetries: 3 }));
  expect(seen).toHaveLength(1 + 4);
});

test("without advice the wait is half a second, doubled up to 8 s, of which half is left to chance", async () => {
  const least = await waitsFor(unavailable, { maxRetries: 6 });
  expect(least.waits).toEqual([250, 500, 1000, 2000, 4000, 4000, undefined]);
  expect(least.elapsedMs).toBe(11_750);
  vi.mocked(Math.random).mockReturnValue(1 - 2 ** -53);
  const most = await waitsFor(unavailable, { maxRetries: 6 });
  expect(most.waits).toEqual([500, 1000, 2000, 4000, 8000, 8000, undefined]);
});

test("a wait that the server asks for is never cut short, and up to a fifth longer", async () => {
  const asked = () => unavailable({ "retry-after": "10" });
  expect((await waitsFor(asked)).waits).toEqual([10_000, 10_000, undefined]);
  vi.mocked(Math.random).mockReturnValue(1 - 2 ** -53);
  const most = await waitsFor(asked);
  expect(most.waits).toEqual([12_000, 12_000, undefined]);
  expect(most.elapsedMs).toBe(24_000);
});

test("a wait of more than 10 s is not waited: the error comes at once and says how long", async () => {
  const { waits, error, elapsedMs } = await waitsFor(() => unavailable({ "retry-after": "11" }));
  expect(waits).toEqual([undefined]);
  expect(error).toMatchObject({ code: "server_error", retryable: true, retryAfterMs: 11_000 });
  expect(elapsedMs).toBe(0);
});

test("the last error has the time that the server asks for, too", async () => {
  const { error } = await waitsFor(() => unavailable({ "retry-after": "2" }));
  expect(error?.retryAfterMs).toBe(2000);
});

test("an x-ratelimit-reset of a whole day is believed", async () => {
  const { error } = await waitsFor(() => json(429, {}, { "x-ratelimit-reset": "86400" }));
  expect(error?.retryAfterMs).toBe(86_400_000);
});

const GARBAGE = [
  ...["", "9".repeat(16), "soon", "-1", "+3", "1.", ".5", "1e3", "0x10", "3 s", "3, 3", "NaN", "Infinity"],
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "Sunday, 22-Nov-26 10:00:03 GMT",
  "Sun Nov 22 10:00:03 2026",
  "Sun, 99 Nov 2026 10:00:03 GMT",
  "on Sun, 22 Nov 2026 10:00:03 GMT",
  "Sun, 22 Nov 2026 10:00:03 GMT+0000",
];
const IN_3_S = "Sun, 22 Nov 2026 10:00:03 GMT";
const HEADERS: [status: number, headers: Record<string, string>, waitMs: number][] = [
  [503, { "retry-after": "3" }, 3000],
  [408, { "retry-after": "3" }, 3000],
  [429, { "retry-after": "0" }, 0],
  [503, { "retry-after": "1.5" }, 2000],
  [429, { "x-ratelimit-reset": "6.01" }, 7000],
  [429, { "x-ratelimit-reset": "86401" }, 250],
  [503, { "retry-after": IN_3_S }, 3000],
  [503, { "retry-after": IN_3_S, date: "Sun, 22 Nov 2026 09:59:59 GMT" }, 4000],
  [503, { "retry-after": IN_3_S, date: "Sun, 99 Nov 2026 09:59:59 GMT" }, 3000],
  [503, { "retry-after": IN_3_S, date: "yesterday" }, 3000],
  [503, { "retry-after": "Sun, 22 Nov 2026 10:00:00 GMT" }, 0],
  [503, { "retry-after": "Sun, 22 Nov 2026 09:59:59 GMT" }, 250],
  [429, { "x-ratelimit-reset": "7" }, 7000],
  [429, { "x-ratelimit-reset": "7", "retry-after": "3" }, 3000],
  [429, { "x-ratelimit-reset": "7", "retry-after": "soon" }, 7000],
  [429, { "x-ratelimit-reset": "40, 40;w=60" }, 250],
  [503, { "x-ratelimit-reset": "7" }, 250],
  ...GARBAGE.map((garbage): (typeof HEADERS)[number] => [503, { "retry-after": garbage }, 250]),
];

test.each(HEADERS)("status %i with %j waits %i ms", async (status, headers, waitMs) => {
  const { waits } = await waitsFor(() => json(status, {}, headers), { maxRetries: 1 });
  expect(waits).toEqual([waitMs, undefined]);
});

test("on a failure that is not repeated no header counts", async () => {
  const { error, waits } = await waitsFor(() => json(403, {}, { "retry-after": "3" }));
  expect(error).toMatchObject({ code: "forbidden" });
  expect(error).not.toHaveProperty("retryAfterMs");
  expect(waits).toEqual([undefined]);
});

test("a caller's abort ends an attempt or a wait at once, with its own reason, and nothing is left", async () => {
  for (const answer of [stalled, unavailable]) {
    const reason = { of: "my own" };
    const caller = new AbortController();
    const { client, seen } = clientOn(answer, { maxRetries: 5 });
    const call = rejection(client.create(ROOM_ID, {}, { signal: caller.signal }));
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(1);
    caller.abort(reason);
    expect(await call).toBe(reason);
    expect(seen).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  }
});

test("a signal bounds a whole call, retries and waits included", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException("late", "TimeoutError")), 5000);
  const { client, seen } = clientOn(unavailable, { maxRetries: 100 });
  const startedAt = Date.now();
  const { error } = await settle(client.create(ROOM_ID, {}, { signal: controller.signal }));
  expect(error).toMatchObject({ name: "TimeoutError", message: "late" });
  expect(Date.now() - startedAt).toBe(5000);
  expect(seen).toHaveLength(5);
});

test("an abort in onAttempt still prevents the next attempt", async () => {
  const caller = new AbortController();
  const { client, seen } = clientOn(unavailable, { maxRetries: 5, onAttempt: () => caller.abort("now") });
  expect(await rejection(client.create(ROOM_ID, {}, { signal: caller.signal }))).toBe("now");
  expect(seen).toHaveLength(1);
});
