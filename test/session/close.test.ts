import util from "node:util";
import { describe, expect, it, vi } from "vitest";
import type { RoomTokenSession } from "../../src/session/index.ts";
import {
  HOUR,
  never,
  open,
  openOn,
  openReady,
  rejection,
  Server,
  settle,
  sleep,
  stubPage,
  track,
  useFakeTime,
} from "./support.ts";

useFakeTime();

describe("close()", () => {
  it("aborts the request under way, rejects those that wait, and tells the listeners a last time", async () => {
    const server = new Server();
    server.always = never;
    const session = open(server);
    const states: string[] = [];
    session.subscribe(({ state }) => states.push(state));
    session.start();
    const waiting = track(session.getToken());
    await settle();
    session.close();
    session.close();
    await settle();
    expect(waiting.error).toMatchObject({ code: "session_closed", retryable: false, attempts: 0 });
    expect(server.requests[0]?.signal.aborted).toBe(true);
    expect(states).toEqual(["idle", "closed"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("wipes the tokens, also those of the grant option", async () => {
    const server = new Server();
    const session = open(server, { grant: server.grant() });
    session.close();
    expect(session.getSnapshot()).toEqual({
      state: "closed",
      token: undefined,
      error: undefined,
      retryAt: undefined,
    });
    expect(session.grant).toBeUndefined();
    expect(session.tokenValidForMs).toBe(0);
  });

  it("is final: start() throws, getToken() rejects, stop() does nothing", async () => {
    const server = new Server();
    const session = await openReady(server);
    session.close();
    expect(() => session.start()).toThrow(expect.objectContaining({ code: "session_closed" }));
    expect((await rejection(session.getToken())).message).toBe("The session is closed: make a new one");
    session.stop();
    expect(session.getSnapshot().state).toBe("closed");
    await sleep(HOUR);
    expect(server.count).toBe(1);
  });

  it("in a pause begins nothing, although somebody waited for it", async () => {
    const server = new Server();
    server.always = { status: 503 };
    const session = open(server);
    session.start();
    await settle();
    const waiting = track(session.getToken());
    await sleep(499);
    session.close();
    await sleep(HOUR);
    expect(waiting.error).toMatchObject({ code: "session_closed" });
    expect(server.count).toBe(1);
  });

  it("ignores what a request brings that does not heed its signal", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    session.start();
    await settle();
    session.close();
    await sleep(100);
    expect(session.getSnapshot()).toMatchObject({ state: "closed", token: undefined });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the functions of others may close the session", () => {
  it("create, in start(): no listener of the page is left", async () => {
    const page = stubPage();
    const session: RoomTokenSession = openOn(() => {
      session.close();
      return never();
    });
    session.start();
    expect(page.listeners.size).toBe(0);
    expect((await rejection(session.getToken())).code).toBe("session_closed");
  });

  it("create, in getToken()", async () => {
    const session: RoomTokenSession = openOn(() => {
      session.close();
      return never();
    });
    expect((await rejection(session.getToken())).code).toBe("session_closed");
  });

  it.each(["start", "getToken"] as const)(
    "a listener that is told of an expired token in %s()",
    async (method) => {
      const page = stubPage();
      const server = new Server();
      const session = await openReady(server);
      session.subscribe(({ state }) => state === "idle" && session.close());
      await sleep(600_000);
      const result = track(Promise.resolve(session[method]()));
      await settle();
      expect(session.getSnapshot().state).toBe("closed");
      expect(page.listeners.size).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
      if (method === "getToken") expect(result.error).toMatchObject({ code: "session_closed" });
    },
  );

  it("a listener that is told of a new token: who waited for it has it", async () => {
    const session = open(new Server());
    session.subscribe(({ state }) => state === "ready" && session.close());
    expect(await session.getToken()).toMatch(/^ey/);
    expect(session.getSnapshot().state).toBe("closed");
  });

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
  const SHOWN: [string, (session: RoomTokenSession) => string][] = [
    ["util.inspect", (session) => util.inspect(session, { showHidden: true, getters: true, depth: 9 })],
    [
      "util.inspect without its hook",
      (session) => util.inspect(session, { customInspect: false, getters: true, depth: 9 }),
    ],
    [
      "util.inspect of the hidden",
      (session) => util.inspect(session, { customInspect: false, showHidden: true, depth: 9 }),
    ],
    ["util.format", (session) => util.format("%o %O %j %s", session, session, session, session)],
    ["JSON", (session) => JSON.stringify({ session })],
    ["String()", String],
  ];
  it.each(SHOWN)("by %s of a session", async (_, show) => {
    const session = await openReady(new Server());
    const { token = "", refreshToken = "" } = session.grant ?? {};
    const shown = show(session);
    expect(shown.length).toBeGreaterThan(1);
    expect(shown).not.toContain(token);
    expect(shown).not.toContain(refreshToken);
  });

  it("in the console it is named, and nothing more", () => {
    const session = open(new Server());
    expect(util.inspect(session)).toBe("RoomTokenSession {}");
    expect(String(session)).toBe("[object RoomTokenSession]");
  });

  it.each(["rejection", "Response"])(
    "in an error, of a back end that repeats them in its %s",
    async (form) => {
      const server = new Server();
      server.isOpaque = true;
      const session = await openReady(server);
      const { token = "", refreshToken = "" } = session.grant ?? {};
      const words = `no ${token} and no ${refreshToken}`;
      server.always = () => {
        if (form === "Response") return new Response(JSON.stringify({ title: words }), { status: 400 });
        throw Object.assign(new Error(words), { cause: new Error(words), config: { token } });
      };
      await sleep(1000);
      const error = await rejection(session.getToken({ forceRefresh: true }));
      const shown = util.inspect(error, { depth: 9, showHidden: true });
      expect(server.operations).toBe(form === "Response" ? "crc" : "cr");
      expect(shown).toContain("[redacted]");
      expect(shown).not.toContain(token);
      expect(shown).not.toContain(refreshToken);
    },
  );
});
