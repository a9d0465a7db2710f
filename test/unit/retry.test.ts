import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AttemptEvent, ClientOptions } from "../../src/index.ts";
import { clientOn, errorOf, granted, json, ROOM_ID, rejection } from "./support.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T10:00:00Z") });
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ALMOST_1 = 1 - 2 ** -53;
const unavailable = () => json(503, {});
const asksFor = (secs: string) => () => json(503, {}, { "retry-after": secs });
const stalled = () => new Promise<never>(() => {});

/** The error of a create that gets this answer to every attempt, the delays that it announced, and its time. */
async function failure(answer: () => Response | Promise<Response>, options: ClientOptions = {}) {
  const delays: AttemptEvent["retryInMs"][] = [];
  const onAttempt = ({ retryInMs }: AttemptEvent) => void delays.push(retryInMs);
  const startedAt = Date.now();
  const failed = errorOf(answer, { maxRetries: 2, onAttempt, ...options });
  await vi.runAllTimersAsync();
  return { error: await failed, delays, elapsedMs: Date.now() - startedAt };
}

test("a failed connection is repeated, and the call succeeds where a later attempt does", async () => {
  const answers = [() => Promise.reject(new TypeError("fetch failed")), unavailable, granted];
  const { client, seen } = clientOn((attempt) => answers[attempt - 1]?.() ?? stalled(), { maxRetries: 2 });
  const call = client.create(ROOM_ID, { tokenTtlSecs: 60 });
  await vi.runAllTimersAsync();
  expect((await call).token).toBe("CANARY-token");
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

test.each<[ofClient: number | undefined, ofCall: number | undefined, expectedMs: number]>([
  [undefined, undefined, 15_000],
  [3000, undefined, 3000],
  [3000, 40_000, 40_000],
])(
  "with a deadline of %s, and of %s for the call, it ends after %i ms",
  async (ofClient, ofCall, expectedMs) => {
    const { client } = clientOn(stalled, { timeoutMs: ofClient });
    const startedAt = Date.now();
    const failed = rejection(client.create(ROOM_ID, {}, { timeoutMs: ofCall }));
    await vi.runAllTimersAsync();
    const message = expect.stringContaining(`${expectedMs} ms`);
    expect(await failed).toMatchObject({ code: "timeout", retryable: true, message });
    expect(Date.now() - startedAt).toBe(expectedMs);
  },
);

test.each([201, 403, 503])("the deadline counts to the last byte of the body of a %i", async (status) => {
  const answer = () => new Response(new ReadableStream(), { status });
  const { error, elapsedMs } = await failure(answer, { timeoutMs: 1000, maxRetries: 0 });
  expect(error).toMatchObject({ code: "timeout" });
  expect(elapsedMs).toBe(1000);
});

test("maxRetries of 0 is one attempt, and that of the call wins", async () => {
  const { client, seen } = clientOn(unavailable, { maxRetries: 0 });
  await rejection(client.create(ROOM_ID));
  expect(seen).toHaveLength(1);
  const failed = rejection(client.create(ROOM_ID, {}, { maxRetries: 3 }));
  await vi.runAllTimersAsync();
  await failed;
  expect(seen).toHaveLength(1 + 4);
});

test("without advice the delay is half a second, doubled up to 8 s, of which half is left to chance", async () => {
  const least = await failure(unavailable, { maxRetries: 6 });
  expect(least.delays).toEqual([250, 500, 1000, 2000, 4000, 4000, undefined]);
  expect(least.elapsedMs).toBe(11_750);
  vi.mocked(Math.random).mockReturnValue(ALMOST_1);
  const most = await failure(unavailable, { maxRetries: 6 });
  expect(most.delays).toEqual([500, 1000, 2000, 4000, 8000, 8000, undefined]);
});

test("a delay that the server asks for is never cut short, and up to a fifth longer", async () => {
  expect((await failure(asksFor("10"))).delays).toEqual([10_000, 10_000, undefined]);
  vi.mocked(Math.random).mockReturnValue(ALMOST_1);
  const most = await failure(asksFor("10"));
  expect(most.delays).toEqual([12_000, 12_000, undefined]);
  expect(most.elapsedMs).toBe(24_000);
  expect(most.error.retryAfterMs).toBe(10_000);
});

test("for a delay of more than 10 s the client does not wait: the error comes at once and says how long", async () => {
  const { delays, error, elapsedMs } = await failure(asksFor("11"));
  expect(delays).toEqual([undefined]);
  expect(error).toMatchObject({ code: "server_error", retryable: true, retryAfterMs: 11_000 });
  expect(elapsedMs).toBe(0);
});

test("a signal bounds a whole call, retries and delays included", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort("late"), 5000);
  const { client, seen } = clientOn(unavailable, { maxRetries: 100 });
  const startedAt = Date.now();
  const failed = rejection(client.create(ROOM_ID, {}, { signal: controller.signal }));
  await vi.runAllTimersAsync();
  expect(await failed).toBe("late");
  expect(Date.now() - startedAt).toBe(5000);
  expect(seen).toHaveLength(5);
});

test("an abort in onAttempt still prevents the next attempt", async () => {
  const caller = new AbortController();
  const { client, seen } = clientOn(unavailable, { maxRetries: 5, onAttempt: () => caller.abort("now") });
  expect(await rejection(client.create(ROOM_ID, {}, { signal: caller.signal }))).toBe("now");
  expect(seen).toHaveLength(1);
});
