import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ClientOptions, RoomTokenClient, type RoomTokenError } from "../../src/index.ts";
import { API_KEY, clientOn, granted, json, ROOM_ID, rejection, throws } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** The Authorization that a create with these options sends. */
async function sentWith(options: ClientOptions): Promise<unknown> {
  const { client, seen } = clientOn(granted, options);
  await client.create(ROOM_ID);
  return seen[0]?.headers["authorization"];
}

/** What create rejects with when these options give it no key; no request may be sent. */
async function refusal(options: ClientOptions): Promise<RoomTokenError> {
  const { client, seen } = clientOn(granted, { maxRetries: 3, ...options });
  const error = rejection(client.create(ROOM_ID));
  await vi.runAllTimersAsync();
  expect(await error).toMatchObject({ name: "RoomTokenError", operation: "create", retryable: false });
  expect(seen).toEqual([]);
  return (await error) as RoomTokenError;
}

test("the environment's key is trimmed, and read only where the option is undefined", async () => {
  vi.stubEnv("TELNYX_API_KEY", ` ${API_KEY}\n`);
  expect(await sentWith({ apiKey: undefined })).toBe(`Bearer ${API_KEY}`);
  expect(await sentWith({ apiKey: "OTHER" })).toBe("Bearer OTHER");
  expect(await refusal({ apiKey: null })).toMatchObject({ code: "missing_api_key" });
});

test.each(["", " \t"])(
  "a key of %j in the environment counts as none, and as an option is refused",
  async (key) => {
    vi.stubEnv("TELNYX_API_KEY", key);
    expect(await refusal({ apiKey: undefined })).toMatchObject({ code: "missing_api_key" });
    expect(() => new RoomTokenClient({ apiKey: key })).toThrow(/^apiKey must be /);
  },
);

test("an empty key is refused with what to pass for no key", () => {
  expect(() => new RoomTokenClient({ apiKey: "" })).toThrow("apiKey must be a key, not an empty string");
});

test("a key of the environment that cannot be one is refused under the variable's name", () => {
  vi.stubEnv("TELNYX_API_KEY", "Bearer CANARY");
  expect(() => new RoomTokenClient()).toThrow(/^TELNYX_API_KEY must be (?!.*CANARY)/);
});

test("an environment that may not be read counts as an empty one", async () => {
  vi.stubGlobal("process", { ...process, env: new Proxy({}, { get: throws }) });
  const { client } = clientOn(granted, { apiKey: undefined });
  vi.unstubAllGlobals();
  expect(await rejection(client.create(ROOM_ID))).toMatchObject({ code: "missing_api_key" });
});

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
  ["throws", throws],
  ["rejects", async () => throws()],
])("a key function that %s is missing_api_key with a copy of the cause, called once", async (_, fail) => {
  const apiKey = vi.fn(fail);
  expect(await refusal({ apiKey })).toMatchObject({
    code: "missing_api_key",
    message: "Creating a room client token failed: the apiKey function failed",
    cause: { name: "Error", message: "CANARY" },
  });
  expect(apiKey).toHaveBeenCalledTimes(1);
});

test.each([undefined, null, ""])("a key function that returns %j is missing_api_key", async (nothing) => {
  const error = await refusal({ apiKey: () => nothing as never });
  expect(error.code).toBe("missing_api_key");
  expect(error.message).toMatch(/the apiKey function returned no key$/);
  expect(error.cause).toBeUndefined();
});

test.each([
  ["hangs", () => new Promise<string>(() => {})],
  ["returns one later", () => new Promise<string>((resolve) => setTimeout(() => resolve(API_KEY), 3000))],
])("a key function that %s is missing_api_key when its time is over", async (_, slow) => {
  const apiKey = vi.fn(slow);
  const startedAt = Date.now();
  const { client, seen } = clientOn(granted, { apiKey, timeoutMs: 2000, maxRetries: 3 });
  const error = rejection(client.create(ROOM_ID));
  const endedAt = error.then(() => Date.now());
  await vi.runAllTimersAsync();
  expect(await error).toMatchObject({
    code: "missing_api_key",
    message: expect.stringMatching(/returned no key within 2000 ms$/),
  });
  expect((await endedAt) - startedAt).toBe(2000);
  expect(apiKey).toHaveBeenCalledTimes(1);
  expect(seen).toEqual([]);
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
    const error = await refusal({ apiKey: () => key as never });
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toMatch(
      /^what the apiKey function returns must be (the bare key|a string)(?!.*CANARY)/,
    );
  },
);
