import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientOptions, RoomTokenError } from "../../src/index.ts";
import { API_KEY, clientOn, granted, json, ROOM_ID, rejection } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What create rejects with when the key comes from this function; no request may be sent. */
async function refusal(apiKey: () => unknown, options: ClientOptions = {}): Promise<RoomTokenError> {
  const { client, seen } = clientOn(granted, {
    apiKey: apiKey as () => string,
    maxRetries: 3,
    ...options,
  });
  const error = rejection(client.create(ROOM_ID));
  await vi.runAllTimersAsync();
  expect(await error).toMatchObject({ name: "RoomTokenError", operation: "create", retryable: false });
  expect(seen).toEqual([]);
  return (await error) as RoomTokenError;
}

test("a key function is called once per create, whatever its attempts, and anew for the next create", async () => {
  const keys = ["FIRST", Promise.resolve("SECOND")];
  const { client, seen } = clientOn(() => json(503, {}), {
    apiKey: () => keys.shift() ?? "NONE",
    maxRetries: 1,
  });
  for (let call = 0; call < 2; call++) {
    const failed = rejection(client.create(ROOM_ID));
    await vi.runAllTimersAsync();
    await failed;
  }
  expect(seen.map(({ headers }) => headers["authorization"])).toEqual([
    ...["Bearer FIRST", "Bearer FIRST"],
    ...["Bearer SECOND", "Bearer SECOND"],
  ]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("vault sealed");
    },
  ],
  ["rejects", () => Promise.reject(new Error("vault sealed"))],
])("a key function that %s is missing_api_key with a copy of the cause, called once", async (_, fail) => {
  const apiKey = vi.fn(fail);
  const error = await refusal(apiKey);
  expect(error.code).toBe("missing_api_key");
  expect(error.message).toBe("Creating a room client token failed: the apiKey function failed");
  expect(error.cause).toMatchObject({ name: "Error", message: "vault sealed" });
  expect(apiKey).toHaveBeenCalledTimes(1);
});

test.each([undefined, null, ""])("a key function that returns %j is missing_api_key", async (nothing) => {
  const error = await refusal(() => nothing);
  expect(error.code).toBe("missing_api_key");
  expect(error.message).toMatch(/the apiKey function returned no key$/);
  expect(error.cause).toBeUndefined();
});

test("a key function that hangs is missing_api_key when its time is over", async () => {
  const apiKey = vi.fn(() => new Promise<string>(() => {}));
  const startedAt = Date.now();
  const error = await refusal(apiKey, { timeoutMs: 2000 });
  expect(error.code).toBe("missing_api_key");
  expect(error.message).toMatch(/returned no key within 2000 ms$/);
  expect(Date.now() - startedAt).toBe(2000);
  expect(apiKey).toHaveBeenCalledTimes(1);
});

test("a key that comes after the deadline is not sent", async () => {
  const late = () => new Promise<string>((resolve) => setTimeout(() => resolve(API_KEY), 3000));
  expect(await refusal(late, { timeoutMs: 2000 })).toMatchObject({ code: "missing_api_key" });
});

test("the key function has a time of its own, besides that of each attempt", async () => {
  const slow = () => new Promise<string>((resolve) => setTimeout(() => resolve(API_KEY), 1500));
  const { client } = clientOn(() => new Promise(() => {}), { apiKey: slow, timeoutMs: 2000 });
  const call = rejection(client.create(ROOM_ID));
  const startedAt = Date.now();
  await vi.runAllTimersAsync();
  expect(await call).toMatchObject({ code: "timeout" });
  expect(Date.now() - startedAt).toBe(3500);
});

test.each(["Bearer CANARY", "CANARY\n", "CANARY 1", "CANARY😀", '"CANARY"', "'CANARY'", 5, {}])(
  "a key function that returns %j is an invalid_argument that does not show it",
  async (key) => {
    const error = await refusal(() => key);
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toMatch(
      /^what the apiKey function returns must be (the bare key|a string)(?!.*CANARY)/,
    );
  },
);

test("a caller's abort ends the wait for a key function, too", async () => {
  const caller = new AbortController();
  const { client, seen } = clientOn(granted, { apiKey: () => new Promise(() => {}) });
  const call = rejection(client.create(ROOM_ID, {}, { signal: caller.signal }));
  await vi.advanceTimersByTimeAsync(10);
  caller.abort("enough");
  expect(await call).toBe("enough");
  expect(seen).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
