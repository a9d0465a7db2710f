import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTokenResponse, RoomTokenError } from "../../src/index.ts";
import { findCanaries } from "../faults/canaries.ts";
import { clientOn, granted, ROOM_ID } from "./support.ts";

/** What a caller without types may pass. */
// biome-ignore lint/suspicious/noExplicitAny: bad input is the subject here
type Anything = any;

const SECRET = "CANARY-refresh-token-of-a-page";
const unhandled = vi.fn();

beforeEach(() => void process.on("unhandledRejection", unhandled));
afterEach(async () => {
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

const thrower = () => {
  throw new Error("trap");
};
const trap: Anything = new Proxy(
  {},
  Object.fromEntries(
    ["get", "has", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor"].map((name) => [name, thrower]),
  ),
);
const withGetter = (name: string): Anything =>
  Object.defineProperty({}, name, { get: thrower, enumerable: true });
const rejecting = (thrown: unknown) => ({ create: () => Promise.reject(thrown) });
const returning = (grant: unknown) => ({ create: () => grant });
const stalled = () => new Promise(() => {});

/** The status for the page and the code for the log; fails if either is told a secret. */
async function told(roomTokens: Anything, roomId: Anything, options?: Anything) {
  const { status, headers, body, error } = await createTokenResponse(roomTokens, roomId, options);
  expect(findCanaries([headers, body, error])).toEqual([]);
  expect(error).toBeInstanceOf(RoomTokenError);
  expect(error?.message).not.toContain("\n");
  expect(body).toEqual({ title: expect.stringMatching(/^[A-Z][\w ,]+\.$/) });
  return [status, error?.code];
}

/** The same, where no request may be made. */
async function refused(roomId: Anything, options?: Anything) {
  const { client, seen } = clientOn(granted);
  const outcome = await told(client, roomId, options);
  expect(seen).toEqual([]);
  return outcome;
}

test.each([undefined, null, "", "lobby", `${ROOM_ID}/`, 5, [ROOM_ID], Symbol("room"), trap, () => ROOM_ID])(
  "the room id %# is 400 before any request",
  async (roomId) => expect(await refused(roomId)).toEqual([400, "invalid_argument"]),
);

test.each<[kind: string, options: Anything]>([
  ["null", null],
  ["a number", 5],
  ["text", "tokenTtlSecs"],
  ["an unknown one", { ttl: 600 }],
  ["a TTL of 0", { tokenTtlSecs: 0 }],
  ["a TTL that is text", { refreshTokenTtlSecs: "600" }],
  ["a signal that is none", { signal: 5 }],
  ["a signal that throws", { signal: { addEventListener: thrower } }],
  ["a getter that throws", withGetter("tokenTtlSecs")],
  ["a body whose getter throws", withGetter("requestBody")],
  ["a proxy that traps", trap],
])("wrong options are the operator's mistake: %s", async (_, options) => {
  expect(await refused(ROOM_ID, options)).toEqual([502, "invalid_argument"]);
});

const late = () => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 1));
const atOnce = () => Promise.reject(new Error("at once"));
const signal = AbortSignal.abort();

test.each<[what: string, status: number, body: () => unknown, options?: object, roomId?: string]>([
  ["a list", 400, () => [SECRET]],
  ["a proxy that traps", 400, () => trap],
  ["a getter that throws", 400, () => withGetter("refreshToken")],
  ["a method text that throws", 400, () => ({ text: thrower })],
  ["a promise whose then throws", 400, () => withGetter("then")],
  ["a promise that rejects", 400, late],
  ["one that rejects, with a wrong room id", 400, late, {}, "lobby"],
  ["one that rejects, with a wrong option", 502, late, { ttl: 600 }],
  ["one that rejects, with an aborted signal", 504, late, { signal }],
  ["one that has rejected, with an aborted signal", 504, atOnce, { signal }],
])(
  "a body that is %s is %i, and no unhandled rejection",
  async (_, status, body, options, roomId = ROOM_ID) => {
    const code = status === 504 ? "connection_failed" : "invalid_argument";
    expect(await refused(roomId, { requestBody: body(), ...options })).toEqual([status, code]);
  },
);

const grant = { token: "t", tokenExpiresAt: new Date(0) };

test.each<[code: string, kind: string, client: Anything]>([
  ["connection_failed", "none", undefined],
  ["connection_failed", "null", null],
  ["connection_failed", "text", "client"],
  ["connection_failed", "one without methods", {}],
  ["connection_failed", "a proxy that traps", trap],
  ["connection_failed", "one that throws at once", { create: thrower }],
  ["connection_failed", "one that rejects with a string", rejecting("two\nlines")],
  ["connection_failed", "one that rejects with undefined", rejecting(undefined)],
  ["connection_failed", "one that rejects with a proxy", rejecting(trap)],
  ["connection_failed", "one that ends with a framework's control flow", rejecting({ digest: "DYNAMIC" })],
  ["invalid_response", "one that returns nothing", returning(undefined)],
  ["invalid_response", "one that returns text", returning(SECRET)],
  ["invalid_response", "one that returns no token", returning({ ...grant, token: undefined })],
  ["invalid_response", "one that returns an empty token", returning({ ...grant, token: "" })],
  ["invalid_response", "one that returns no time", returning({ ...grant, tokenExpiresAt: new Date("") })],
  ["invalid_response", "one that returns a proxy", returning(Promise.resolve(withGetter("token")))],
])("the code is %s, and the status 502, for a client that is %s", async (code, _, client) => {
  expect(await told(client, ROOM_ID)).toEqual([502, code]);
});

test("of a stand-in for the client a page gets what is there, and of a refresh no refresh token", async () => {
  const create = () => ({ token: "t" });
  const refresh = () => ({ ...grant, refreshToken: "r" });
  const client: Anything = { create, refresh };
  const created = await createTokenResponse(client, ROOM_ID, { requestBody: {} });
  expect(created).toMatchObject({ status: 201, body: { token: "t" } });
  expect(Object.keys(created.body)).toEqual(["token"]);
  const refreshed = await createTokenResponse(client, ROOM_ID, { requestBody: { refreshToken: "r" } });
  expect(Object.keys(refreshed.body)).toEqual(["token", "tokenExpiresAt"]);
});

test("a stand-in's errors are redacted of the page's refresh token, with their causes", async () => {
  const cause = Object.assign(new Error(`sent ${SECRET}`), { code: "E_STUB", config: { body: SECRET } });
  const thrown = new Error(`failed: ${encodeURIComponent(SECRET)}\nline two`, { cause });
  const client = { refresh: () => Promise.reject(thrown) };
  const requestBody = { refreshToken: SECRET };
  expect(await told(client, ROOM_ID, { requestBody })).toEqual([502, "connection_failed"]);
});

test.each([Number.NaN, -1, -0.5, Number.POSITIVE_INFINITY, 1e300, "7", {}, trap])(
  "a stand-in's retryAfterMs %# becomes no header",
  async (retryAfterMs: Anything) => {
    const error = new RoomTokenError("rate_limited", "no", { retryAfterMs, requestId: trap });
    const { status, headers } = await createTokenResponse(rejecting(error) as Anything, ROOM_ID);
    expect(status).toBe(429);
    expect(Object.keys(headers)).toEqual(["Content-Type", "Cache-Control"]);
  },
);

test("a stand-in's retryAfterMs is rounded up to whole seconds", async () => {
  const client: Anything = rejecting(new RoomTokenError("rate_limited", "no", { retryAfterMs: 1001 }));
  expect((await createTokenResponse(client, ROOM_ID)).headers["Retry-After"]).toBe("2");
});

test.each<[kind: string, options: Anything, client: Anything]>([
  ["a body that never settles", { requestBody: stalled() }, {}],
  ["a Request that never ends", { requestBody: { text: stalled } }, {}],
  ["a client that hangs", {}, { create: stalled }],
])("%s is 504 after 10 s", async (_, options, client) => {
  vi.useFakeTimers();
  const result = told(client, ROOM_ID, options);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await result).toEqual([504, "timeout"]);
  expect(vi.getTimerCount()).toBe(0);
});

const stubError = Object.assign(new Error("it broke", { cause: new Error() }), { code: "E_STUB" });

test.each<[message: string, client: Anything, roomId: Anything, options?: Anything]>([
  ["roomId must be a UUID string: the room's `id`, not its `unique_name`", {}, undefined],
  ["options must be an object", {}, ROOM_ID, 5],
  ["No token for a page: E_STUB: it broke", rejecting(stubError), ROOM_ID],
  ["No token for a page: RangeError", rejecting(new RangeError()), ROOM_ID],
  ["No token for a page: the client returned no token", returning({}), ROOM_ID],
])("the log says: %s", async (message, client, roomId, options) => {
  const { error } = await createTokenResponse(client, roomId, options);
  expect(error?.message).toBe(message);
  expect(error?.cause instanceof Error).toBe(error?.code === "connection_failed");
});
