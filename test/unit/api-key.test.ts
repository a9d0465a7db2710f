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
  const { client, seen } = clientOn(granted, options);
  const error = await rejection(client.create(ROOM_ID));
  expect(error).toMatchObject({ name: "RoomTokenError", operation: "create", retryable: false });
  expect(seen).toEqual([]);
  return error as RoomTokenError;
}

test("the environment's key is trimmed, and read only where the option is undefined", async () => {
  vi.stubEnv("TELNYX_API_KEY", ` ${API_KEY}\n`);
  expect(await sentWith({ apiKey: undefined })).toBe(`Bearer ${API_KEY}`);
  expect(await sentWith({ apiKey: "OTHER" })).toBe("Bearer OTHER");
  expect(await refusal({ apiKey: null })).toMatchObject({ code: "missing_api_key" });
});

test.each(["", " \t"])("a key of %j in the environment counts as none", async (key) => {
  vi.stubEnv("TELNYX_API_KEY", key);
  expect(await refusal({ apiKey: undefined })).toMatchObject({ code: "missing_api_key" });
});

test.each(['a"b"', '"a"b', "\"a'"])(
  "a key with quotes that do not enclose it is sent as it is: %s",
  async (apiKey) => {
    expect(await sentWith({ apiKey })).toBe(`Bearer ${apiKey}`);
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

const keyAfter = (ms: number) => () =>
  new Promise<string>((resolve) => setTimeout(() => resolve(API_KEY), ms));

test.each([
  ["throws", throws, "failed", 0],
  ["rejects", async () => throws(), "failed", 0],
  ["returns undefined", () => undefined, "returned no key", 0],
  ["returns null", async () => null, "returned no key", 0],
  ["returns an empty text", () => "", "returned no key", 0],
  ["hangs", () => new Promise(() => {}), "returned no key within 2000 ms", 2000],
  ["returns a key too late", keyAfter(2001), "returned no key within 2000 ms", 2000],
])(
  "a key function that %s is missing_api_key, and called once",
  async (_, keyFunction, problem, endsAfterMs) => {
    const apiKey = vi.fn(keyFunction as () => string);
    const startedAt = Date.now();
    const { client, seen } = clientOn(granted, { apiKey, timeoutMs: 2000, maxRetries: 3 });
    const failed = rejection(client.create(ROOM_ID)).then((error) => ({
      error,
      afterMs: Date.now() - startedAt,
    }));
    await vi.runAllTimersAsync();
    const { error, afterMs } = await failed;
    const message = `Creating a room client token failed: the apiKey function ${problem}`;
    expect(error).toMatchObject({ code: "missing_api_key", operation: "create", retryable: false, message });
    expect(String((error as Error).cause)).toBe(problem === "failed" ? "Error: CANARY" : "undefined");
    expect(afterMs).toBe(endsAfterMs);
    expect(apiKey).toHaveBeenCalledTimes(1);
    expect(seen).toEqual([]);
  },
);

test("the key function has a time of its own, besides that of each attempt", async () => {
  const { client } = clientOn(() => new Promise(() => {}), { apiKey: keyAfter(1500), timeoutMs: 2000 });
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
