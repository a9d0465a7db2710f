import util from "node:util";
import { describe, expect, it, vi } from "vitest";
import type { RoomTokenSession } from "../../src/session/index.ts";
import {
  DOWN,
  FORCED,
  HOUR,
  never,
  open,
  openOn,
  rejection,
  Server,
  settle,
  setUp,
  setUpReady,
  setUpStarted,
  sleep,
  statesOf,
  stubPage,
  track,
  useFakeTime,
} from "./support.ts";

useFakeTime();

const CLOSED = { code: "session_closed", retryable: false, attempts: 0 };

describe("close()", () => {
  it("aborts the request under way and ignores its result, rejects those that wait, calls the listeners a last time", async () => {
    const onAttempt = vi.fn();
    const { server, session } = setUp({ latencyMs: 100 }, { onAttempt });
    const states = statesOf(session);
    session.start();
    const waiting = track(session.getToken());
    await settle();
    session.close();
    session.close();
    await sleep(100); // the server does not heed the signal
    expect(waiting).toMatchObject({ error: CLOSED, settledAt: 0 });
    expect(server.requests[0]?.signal.aborted).toBe(true);
    expect(states).toEqual(["idle", "closed"]);
    expect(session.getSnapshot().token).toBeUndefined();
    expect(onAttempt).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is final: no token is left, also none of the grant option, start() throws, getToken() rejects", async () => {
    const server = new Server();
    const session = open(server, { grant: server.grant() });
    session.close();
    session.stop();
    const snapshot = { state: "closed", token: undefined, error: undefined, retryAt: undefined };
    expect(session.getSnapshot()).toEqual(snapshot);
    expect(session.grant).toBeUndefined();
    expect(session.tokenValidForMs).toBe(0);
    expect(() => session.start()).toThrow(expect.objectContaining(CLOSED));
    expect((await rejection(session.getToken())).message).toBe("The session is closed: make a new one");
    await sleep(HOUR);
    expect(server.count).toBe(0);
  });

  it("in a pause begins nothing, although somebody waited for it", async () => {
    const { server, session } = await setUpStarted({ always: DOWN });
    const waiting = track(session.getToken());
    await sleep(499);
    session.close();
    await sleep(HOUR);
    expect(waiting).toMatchObject({ error: CLOSED, settledAt: 499 });
    expect(server.count).toBe(1);
  });
});

describe("the functions of others may close the session", () => {
  it.each(["start", "getToken"] as const)(
    "create, in %s(): no listener of the page is left",
    async (method) => {
      const page = stubPage();
      const session: RoomTokenSession = openOn(() => {
        session.close();
        return never();
      });
      const result = track(Promise.resolve(session[method]()));
      expect(page.countListeners()).toBe(0);
      expect(await rejection(session.getToken())).toMatchObject(CLOSED);
      if (method === "getToken") expect(result.error).toMatchObject(CLOSED);
    },
  );

  it.each(["start", "getToken"] as const)(
    "a listener that hears of an expired token in %s()",
    async (method) => {
      const page = stubPage();
      const { session } = await setUpReady();
      session.subscribe(({ state }) => state === "idle" && session.close());
      await sleep(600_000);
      const result = track(Promise.resolve(session[method]()));
      await settle();
      expect(session.getSnapshot().state).toBe("closed");
      expect(page.countListeners()).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
      if (method === "getToken") expect(result.error).toMatchObject(CLOSED);
    },
  );

  it("an abort listener of a request that took too long", async () => {
    const session: RoomTokenSession = openOn(({ signal }) => {
      signal.addEventListener("abort", () => session.close());
      return never();
    });
    const waiting = track(session.getToken());
    await sleep(15_000);
    expect(waiting.error).toMatchObject({ code: "timeout" });
    expect(session.getSnapshot()).toMatchObject({ state: "closed", error: undefined });
  });

  it("they may call every other method too", async () => {
    const server = new Server();
    const session: RoomTokenSession = open(server, {
      create: (input) => {
        session.start();
        session.stop();
        session.getSnapshot();
        session.start();
        track(session.getToken());
        return server.create(input);
      },
    });
    session.subscribe(() => {
      session.start();
      track(session.getToken());
    });
    expect(await session.getToken()).toMatch(/^ey/);
    await sleep(HOUR);
    expect(session.getSnapshot().state).toBe("ready");
    expect(server.count).toBeLessThan(12);
  });
});

describe("no token is shown", () => {
  it("by an inspection, a log, JSON or String() of a session", async () => {
    const { session } = await setUpReady();
    const { token = "", refreshToken = "" } = session.grant ?? {};
    const shown = [
      util.inspect(session, { showHidden: true, getters: true, depth: 9 }),
      util.inspect(session, { customInspect: false, getters: true, depth: 9 }),
      util.inspect(session, { customInspect: false, showHidden: true, depth: 9 }),
      util.format("%o %O %j %s", session, session, session, session),
      JSON.stringify({ session }),
      String(session),
    ];
    for (const text of shown) {
      expect(text.length).toBeGreaterThan(1);
      expect(text).not.toContain(token);
      expect(text).not.toContain(refreshToken);
    }
    expect(util.inspect(session)).toBe("RoomTokenSession {}");
    expect(String(session)).toBe("[object RoomTokenSession]");
  });

  it.each(["rejection", "Response"])(
    "in an error, of a back end that repeats them in its %s",
    async (form) => {
      const { server, session } = await setUpReady({ isOpaque: true });
      const { token = "", refreshToken = "" } = session.grant ?? {};
      const words = `no ${token} and no ${refreshToken}`;
      server.always = () => {
        if (form === "Response") return new Response(JSON.stringify({ title: words }), { status: 400 });
        throw Object.assign(new Error(words), { cause: new Error(words), config: { token } });
      };
      await sleep(1000);
      const error = await rejection(session.getToken(FORCED));
      const shown = util.inspect(error, { depth: 9, showHidden: true });
      expect(server.operations).toBe(form === "Response" ? "crc" : "cr");
      expect(shown).toContain("[redacted]");
      expect(shown).not.toContain(token);
      expect(shown).not.toContain(refreshToken);
    },
  );
});
