import { isRoomTokenError } from "telnyx-room-tokens";
import { RoomTokenSession, type RoomTokenSessionOptions } from "telnyx-room-tokens/session";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { control, newClient, rejection, reset, roomId, seen } from "./support.ts";

beforeEach(reset);

const open: RoomTokenSession[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  for (const session of open.splice(0)) session.close();
});

/** A session on the stand-in for Telnyx, whose back end mints tokens of the shortest life. */
function newSession(options: Partial<RoomTokenSessionOptions> = {}): RoomTokenSession {
  const create = () => newClient().create(roomId, { tokenTtlSecs: 10 });
  const session = new RoomTokenSession({
    create,
    refresh: ({ refreshToken, signal }) =>
      newClient().refresh(roomId, { refreshToken, tokenTtlSecs: 10 }, { signal, maxRetries: 0 }),
    ...options,
  });
  open.push(session);
  return session;
}

test("callers at the same time share one create", async () => {
  const session = newSession();
  const tokens = await Promise.all([session.getToken(), session.getToken(), session.getToken()]);
  expect(new Set(tokens).size).toBe(1);
  expect(await seen()).toHaveLength(1);
  expect(session.getSnapshot().state).toBe("ready");
});

test("a token is renewed in the background before it ends, without a key", async () => {
  const session = newSession();
  const first = await session.getToken();
  session.start();
  await vi.waitFor(() => expect(session.grant?.token).not.toBe(first), { timeout: 9_000, interval: 100 });
  expect(await control("/accepts", { token: await session.getToken() })).toEqual({ accepted: true });
  const [, renewal] = await seen();
  expect(renewal?.path).toMatch(/refresh_client_token$/);
  expect(renewal?.headers).not.toHaveProperty("authorization");
});

test("a revoked refresh token is given up for a create", async () => {
  const session = newSession();
  await session.getToken();
  await control("/revoke-refresh-tokens");
  const token = await session.getToken({ forceRefresh: true });
  expect(await control("/accepts", { token })).toEqual({ accepted: true });
  expect((await seen()).map(({ path }) => path.split("/").at(-1))).toEqual([
    "generate_join_client_token",
    "refresh_client_token",
    "generate_join_client_token",
  ]);
});

test("a grant that went through JSON is taken up by the next session", async () => {
  const earlier = newSession();
  const token = await earlier.getToken();
  const grant = JSON.parse(JSON.stringify(earlier.grant));
  expect(await newSession({ grant, create: undefined }).getToken()).toBe(token);
  expect(await seen()).toHaveLength(1);
});

test("close rejects those that wait, and leaves no timer behind", async () => {
  const armed = watchTimers();
  const session = newSession({ create: () => new Promise(() => {}) });
  session.start();
  const waiting = rejection(session.getToken());
  await vi.waitFor(() => expect(armed.size).toBeGreaterThan(0), { timeout: 30_000 });
  session.close();
  const error = await waiting;
  expect(isRoomTokenError(error) && error.code).toBe("session_closed");
  expect(armed.size).toBe(0);
});

/** The timers that are armed from now on and neither fired nor disarmed yet. */
function watchTimers(): ReadonlySet<unknown> {
  const armed = new Set<unknown>();
  const { setTimeout: arm, clearTimeout: disarm } = globalThis;
  vi.stubGlobal("setTimeout", (run: () => void, ms?: number) => {
    // Node's own fetch goes through the global too.
    if (new Error().stack?.includes("node:internal/deps/undici")) return arm(run, ms);
    const timer = arm(() => {
      armed.delete(timer);
      run();
    }, ms);
    armed.add(timer);
    return timer;
  });
  vi.stubGlobal("clearTimeout", (timer: ReturnType<typeof arm>) => {
    armed.delete(timer);
    disarm(timer);
  });
  return armed;
}
