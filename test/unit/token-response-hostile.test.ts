import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTokenResponse, RoomTokenError, type RoomTokenGrant } from "../../src/index.ts";
import { clientOn, granted, ROOM_ID } from "./support.ts";

/** What a caller without types may pass. */
// biome-ignore lint/suspicious/noExplicitAny: bad input is the subject here
type Anything = any;

const SECRET = "CANARY-refresh-token-of-a-page";
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const thrower = () => {
  throw new Error("trap");
};
const trap: Anything = new Proxy(
  {},
  {
    get: thrower,
    has: thrower,
    ownKeys: thrower,
    getPrototypeOf: thrower,
    getOwnPropertyDescriptor: thrower,
  },
);
const withGetter = (name: string): Anything =>
  Object.defineProperty({}, name, { get: thrower, enumerable: true });

/** What a call tells the page and the log; fails if any of it shows the secret. */
async function told(roomTokens: Anything, roomId: Anything, options?: Anything) {
  const { status, headers, body, error } = await createTokenResponse(roomTokens, roomId, options);
  const texts = [JSON.stringify([headers, body]), error?.message, error?.stack, JSON.stringify(error)];
  for (let cause: Anything = error?.cause; cause; cause = cause.cause)
    texts.push(cause.stack, JSON.stringify(cause));
  expect(texts.join("\n")).not.toContain(SECRET);
  expect(error).toBeInstanceOf(RoomTokenError);
  expect(error?.message).not.toContain("\n");
  expect(Object.keys(body)).toEqual(["title"]);
  return [status, error?.code];
}

test.each<[Anything]>([
  [undefined],
  [null],
  [""],
  ["lobby"],
  ["../../admin?"],
  [`${ROOM_ID}/`],
  [5],
  [{}],
  [[ROOM_ID]],
  [Symbol("room")],
  [trap],
  [() => ROOM_ID],
])("the room id %# is 400 before any request", async (roomId) => {
  const { client, seen } = clientOn(granted);
  expect(await told(client, roomId)).toEqual([400, "invalid_argument"]);
  expect(seen).toEqual([]);
});

test.each<[kind: string, options: Anything]>([
  ["null", null],
  ["a number", 5],
  ["text", "tokenTtlSecs"],
  ["an unknown one", { ttl: 600 }],
  ["Telnyx's spelling", { token_ttl_secs: 600 }],
  ["a TTL of 0", { tokenTtlSecs: 0 }],
  ["a TTL that is text", { refreshTokenTtlSecs: "600" }],
  ["a signal that is none", { signal: 5 }],
  ["a getter that throws", withGetter("tokenTtlSecs")],
  ["a body whose getter throws", withGetter("requestBody")],
  ["a proxy that traps", trap],
])("wrong options are the operator's mistake: %s", async (_, options) => {
  const { client, seen } = clientOn(granted);
  expect(await told(client, ROOM_ID, options)).toEqual([502, "invalid_argument"]);
  expect(seen).toEqual([]);
});

const grant: RoomTokenGrant = {
  token: "t",
  tokenExpiresAt: new Date(0),
  refreshToken: "r",
  refreshTokenExpiresAt: new Date(0),
};

test.each<[kind: string, client: Anything, code: string]>([
  ["none", undefined, "connection_failed"],
  ["null", null, "connection_failed"],
  ["text", "client", "connection_failed"],
  ["one without methods", {}, "connection_failed"],
  ["a proxy that traps", trap, "connection_failed"],
  ["one that throws at once", { create: thrower }, "connection_failed"],
  ["one that rejects with a string", { create: () => Promise.reject("two\nlines") }, "connection_failed"],
  ["one that rejects with undefined", { create: () => Promise.reject() }, "connection_failed"],
  ["one that rejects with a proxy", { create: () => Promise.reject(trap) }, "connection_failed"],
  [
    "one that ends with a framework's control flow",
    { create: () => Promise.reject({ digest: "DYNAMIC" }) },
    "connection_failed",
  ],
  ["one that returns nothing", { create: () => undefined }, "invalid_response"],
  ["one that returns text", { create: () => SECRET }, "invalid_response"],
  ["one that returns no token", { create: () => ({ ...grant, token: undefined }) }, "invalid_response"],
  ["one that returns an empty token", { create: () => ({ ...grant, token: "" }) }, "invalid_response"],
  [
    "one that returns no time",
    { create: () => ({ ...grant, tokenExpiresAt: new Date(Number.NaN) }) },
    "invalid_response",
  ],
  ["one that returns a proxy", { create: async () => withGetter("token") }, "invalid_response"],
])("a client that is %s is 502", async (_, client, code) => {
  expect(await told(client, ROOM_ID)).toEqual([502, code]);
});

test("a stand-in's errors are redacted of the page's refresh token, with their causes", async () => {
  const cause = Object.assign(new Error(`sent ${SECRET}`), { code: "E_STUB", config: { body: SECRET } });
  const refresh = () =>
    Promise.reject(new Error(`failed: ${encodeURIComponent(SECRET)}\nline two`, { cause }));
  const requestBody = { refreshToken: SECRET };
  expect(await told({ refresh }, ROOM_ID, { requestBody })).toEqual([502, "connection_failed"]);
});

test.each([Number.NaN, -1, -0.5, Number.POSITIVE_INFINITY, 1e300, "7", {}, trap])(
  "a stand-in's retryAfterMs %# becomes no header",
  async (retryAfterMs: Anything) => {
    const error = new RoomTokenError("rate_limited", "no", { retryAfterMs, requestId: trap });
    const { status, headers } = await createTokenResponse(
      { create: () => Promise.reject(error) } as Anything,
      ROOM_ID,
    );
    expect(status).toBe(429);
    expect(Object.keys(headers)).toEqual(["Content-Type", "Cache-Control"]);
  },
);

const late = () => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 1));

test("a body that rejects is handled, also if nobody waits for it", async () => {
  const { client, seen } = clientOn(granted);
  expect(await told(client, ROOM_ID, { requestBody: late() })).toEqual([400, "invalid_argument"]);
  expect(await told(client, "lobby", { requestBody: late() })).toEqual([400, "invalid_argument"]);
  expect(await told(client, ROOM_ID, { requestBody: late(), ttl: 600 })).toEqual([502, "invalid_argument"]);
  const signal = AbortSignal.abort();
  expect(await told(client, ROOM_ID, { requestBody: late(), signal })).toEqual([504, "connection_failed"]);
  expect(await told(client, ROOM_ID, { requestBody: Promise.reject(new Error("at once")), signal })).toEqual([
    504,
    "connection_failed",
  ]);
  expect(seen).toEqual([]);
});

test.each<[kind: string, body: () => Anything]>([
  ["a proxy that traps", () => trap],
  ["a getter that throws", () => withGetter("refreshToken")],
  ["a method text that throws", () => ({ text: thrower })],
  ["a promise whose then throws", () => withGetter("then")],
])("a body that is %s is 400", async (_, body) => {
  const { client, seen } = clientOn(granted);
  expect(await told(client, ROOM_ID, { requestBody: body() })).toEqual([400, "invalid_argument"]);
  expect(seen).toEqual([]);
});

test.each<[kind: string, options: Anything, client: Anything]>([
  ["a body that never settles", { requestBody: new Promise(() => {}) }, {}],
  ["a Request that never ends", { requestBody: { text: () => new Promise(() => {}) } }, {}],
  ["a client that hangs", {}, { create: () => new Promise(() => {}) }],
])("%s is 504 after 10 s", async (_, options, client) => {
  vi.useFakeTimers();
  const result = told(client, ROOM_ID, options);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await result).toEqual([504, "timeout"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a signal that throws is 502", async () => {
  const { client } = clientOn(granted);
  const signal = { addEventListener: thrower };
  expect(await told(client, ROOM_ID, { signal })).toEqual([502, "invalid_argument"]);
});

const rejecting = (thrown: unknown) => ({ create: () => Promise.reject(thrown) });

test.each<[message: string, client: Anything, roomId: Anything, options?: Anything]>([
  ["roomId must be a UUID string: the room's `id`, not its `unique_name`", {}, undefined],
  ["options must be an object", {}, ROOM_ID, 5],
  [
    "No token for a page: E_STUB: it broke",
    rejecting(Object.assign(new Error("it broke"), { code: "E_STUB" })),
    ROOM_ID,
  ],
  ["No token for a page: RangeError", rejecting(new RangeError()), ROOM_ID],
  ["No token for a page: the client returned no token", { create: () => ({}) }, ROOM_ID],
])("the log says: %s", async (message, client, roomId, options) => {
  const { error } = await createTokenResponse(client, roomId, options);
  expect(error?.message).toBe(message);
  expect(error?.cause instanceof Error).toBe(error?.code === "connection_failed");
});

test("nothing is written to the console", async () => {
  const spies = (["log", "info", "warn", "error", "debug"] as const).map((name) => vi.spyOn(console, name));
  await told({}, ROOM_ID);
  for (const spy of spies) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});
