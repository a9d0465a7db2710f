import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientOptions } from "../../src/index.ts";
import {
  clientOn,
  errorOf,
  GRANT_DATA,
  granted,
  json,
  REFRESH_TOKEN,
  ROOM_ID,
  rejection,
} from "./support.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const stalled = () => new Promise<never>(() => {});
const after = (ms: number, response: Response) =>
  new Promise<Response>((resolve) => setTimeout(() => resolve(response), ms));

test("there is one event per attempt: what came, how long it took, what follows", async () => {
  const onAttempt = vi.fn();
  const answers = [
    () => after(40, json(503, {}, { "x-request-id": "id-1" })),
    () => Promise.reject(new TypeError("fetch failed")),
    stalled,
    () => after(7, json(201, { data: GRANT_DATA }, { "x-request-id": "id-4" })),
  ];
  const options = { maxRetries: 3, timeoutMs: 50, onAttempt };
  const call = clientOn((attempt) => answers[attempt - 1]?.() ?? stalled(), options).client.create(ROOM_ID);
  await vi.runAllTimersAsync();
  await call;
  const create = { operation: "create", roomId: ROOM_ID };
  const failed = { status: 503, code: "server_error", requestId: "id-1" };
  expect(onAttempt.mock.calls).toEqual([
    [{ ...create, attempt: 1, ...failed, durationMs: 40, retryInMs: 250 }],
    [{ ...create, attempt: 2, code: "connection_failed", durationMs: 0, retryInMs: 500 }],
    [{ ...create, attempt: 3, code: "timeout", durationMs: 50, retryInMs: 1000 }],
    [{ ...create, attempt: 4, status: 201, requestId: "id-4", durationMs: 7 }],
  ]);
});

test.each([
  [201, "invalid_response"],
  [403, "forbidden"],
  [503, "server_error"],
])("the event of a %i that ends a call has the code %s, and announces no delay", async (status, code) => {
  const onAttempt = vi.fn();
  const { client } = clientOn(() => json(status, {}), { onAttempt });
  await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }));
  expect(onAttempt.mock.calls).toMatchObject([[{ operation: "refresh", attempt: 1, status, code }]]);
  expect(onAttempt.mock.calls[0]?.[0].retryInMs).toBeUndefined();
});

test("no attempt, no event: refused input, a missing key and an aborted attempt report nothing", async () => {
  const onAttempt = vi.fn();
  const { client } = clientOn(stalled, { onAttempt });
  await rejection(client.create("x"));
  for (const apiKey of [null, () => ""] as ClientOptions["apiKey"][])
    await errorOf(granted, { apiKey, onAttempt });
  const caller = new AbortController();
  const aborted = rejection(client.create(ROOM_ID, {}, { signal: caller.signal }));
  await vi.advanceTimersByTimeAsync(20);
  caller.abort();
  await aborted;
  expect(onAttempt).not.toHaveBeenCalled();
});

const throwing = () => {
  throw new Error("mine");
};

test.each([
  ["throws", throwing],
  ["rejects", async () => throwing()],
  ["never settles", stalled],
])("an onAttempt that %s changes nothing and is no unhandled rejection", async (_, onAttempt) => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const options = { maxRetries: 1, onAttempt };
  const { client, seen } = clientOn((attempt) => (attempt === 1 ? json(503, {}) : granted()), options);
  const call = client.create(ROOM_ID);
  await vi.runAllTimersAsync();
  expect((await call).token).toBe("CANARY-token");
  expect(seen).toHaveLength(2);
  vi.useRealTimers();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("where there is no performance, a call works and its attempts take 0 ms", async () => {
  vi.stubGlobal("performance", undefined);
  const onAttempt = vi.fn();
  await clientOn(granted, { onAttempt }).client.create(ROOM_ID);
  expect(onAttempt).toHaveBeenCalledWith(expect.objectContaining({ status: 201, durationMs: 0 }));
});
