import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DOWN, open, REFUSED, record, rejection, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

const grant = new Server().grant();

describe("events", () => {
  it("each token is told once, in the order of issue, after the state is committed", async () => {
    const server = new Server();
    const session = open(server, { grant: undefined, create: server.create });
    const tokens: string[] = [];
    session.on("token", ({ token, tokenExpiresAt }) => {
      expect(session.grant?.token).toBe(token);
      expect(session.tokenExpiresAt).toEqual(tokenExpiresAt);
      expect(session.state).toBe("ready");
      tokens.push(token);
    });
    for (let i = 0; i < 5; i++) {
      const token = await session.getToken({ forceRefresh: true });
      expect(tokens.at(-1)).toBe(token);
    }
    expect(new Set(tokens).size).toBe(5);
  });

  it("a listener that throws keeps no other from being called, and loses no token", async () => {
    const server = new Server();
    const session = open(server, { grant: undefined, create: server.create });
    for (const name of ["token", "state"] as const) {
      session.on(name, () => {
        throw new Error("a listener's own");
      });
      session.on(name, () => Promise.reject(new Error("a listener's own, later")));
    }
    const told = record(session);
    const token = await session.getToken();
    expect(told.token).toMatchObject([{ token }]);
    expect(told.state).toEqual([{ state: "ready", previous: "idle" }]);
    expect(session.grant?.token).toBe(token);
  });

  it("a token event says for how long the token is valid, as the session does", async () => {
    const session = open(new Server());
    const told = record(session);
    await sleep(100_000);
    expect(session.tokenValidForMs).toBe(499_000);
    await session.getToken({ forceRefresh: true });
    expect(told.token).toMatchObject([{ validForMs: 599_000 }]);
    expect(session.tokenValidForMs).toBe(599_000);
    await sleep(599_000);
    expect(session.tokenValidForMs).toBe(0);
    expect(open(new Server(), { grant: undefined, create: async () => grant }).tokenValidForMs).toBe(0);
  });

  it("in a page what a listener throws or rejects with is reported, so that its author sees it", async () => {
    vi.stubGlobal("document", new EventTarget());
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const session = open(new Server());
    session.on("token", () => {
      throw "now";
    });
    session.on("token", () => Promise.reject("later"));
    await session.getToken({ forceRefresh: true });
    await settle();
    expect(reported).toEqual(["now", "later"]);
  });

  it.each(["a page without reportError", "no page"])(
    "in %s what a listener throws is dropped",
    async (where) => {
      vi.stubGlobal("document", where === "no page" ? undefined : new EventTarget());
      const reportError = vi.fn();
      vi.stubGlobal("reportError", where === "no page" ? reportError : undefined);
      const session = open(new Server());
      session.on("token", () => Promise.reject(new Error("a listener's own")));
      const token = await session.getToken({ forceRefresh: true });
      await settle();
      expect(session.grant?.token).toBe(token);
      expect(reportError).not.toHaveBeenCalled();
    },
  );

  it.each([
    ["tokens", () => {}, "name must be one of token, error, expiring, state"],
    [undefined, () => {}, "name must be one of token, error, expiring, state"],
    ["token", 5, "listener must be a function"],
    ["token", undefined, "listener must be a function"],
  ])("on(%j, %s) is an invalid argument", (name, listener, message) => {
    const session = open(new Server());
    expect(() => session.on(name as never, listener as never)).toThrow(
      expect.objectContaining({ code: "invalid_argument", message }),
    );
  });

  it("a listener may unsubscribe itself and others while it is called", async () => {
    const session = open(new Server());
    const called: string[] = [];
    const offFirst = session.on("token", () => {
      called.push("first");
      offFirst();
      offThird();
    });
    session.on("token", () => called.push("second"));
    const offThird = session.on("token", () => called.push("third"));
    await session.getToken({ forceRefresh: true });
    await session.getToken({ forceRefresh: true });
    expect(called).toEqual(["first", "second", "second"]);
  });

  it("a listener that is added while one is called waits for the next event", async () => {
    const session = open(new Server());
    const later = vi.fn();
    const off = session.on("token", () => {
      off();
      session.on("token", later);
    });
    await session.getToken({ forceRefresh: true });
    expect(later).not.toHaveBeenCalled();
    await session.getToken({ forceRefresh: true });
    expect(later).toHaveBeenCalledTimes(1);
  });

  it("a listener is called without a this", async () => {
    const session = open(new Server());
    const seen: unknown[] = [];
    session.on("token", function (this: unknown) {
      seen.push(this);
    });
    await session.getToken({ forceRefresh: true });
    expect(seen).toEqual([undefined]);
  });

  it("one function may listen twice, and each ends by itself", async () => {
    const session = open(new Server());
    const listener = vi.fn();
    const off = session.on("token", listener);
    session.on("token", listener);
    await session.getToken({ forceRefresh: true });
    off();
    await session.getToken({ forceRefresh: true });
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it("a listener may close the session", async () => {
    const session = open(new Server());
    const told = record(session);
    session.on("token", () => session.close());
    const late = vi.fn();
    session.on("token", late);
    const token = await session.getToken({ forceRefresh: true });
    expect(token).toMatch(/^ey/);
    expect(late).not.toHaveBeenCalled();
    expect(told.state).toEqual([{ state: "closed", previous: "ready" }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("the states come in their order, each with the one before", async () => {
    const server = new Server();
    const session = open(server, { grant: undefined, create: server.create });
    const told = record(session);
    await session.getToken();
    server.refreshFailure = DOWN;
    server.createFailure = DOWN;
    await rejection(session.getToken({ forceRefresh: true }));
    await sleep(600_000);
    await rejection(session.getToken());
    server.createFailure = REFUSED;
    server.refreshFailure = REFUSED;
    session.start();
    await sleep(60_000);
    session.close();
    const states = ["idle", "ready", "degraded", "expired", "failed", "closed"];
    expect(told.state).toEqual(states.slice(1).map((state, i) => ({ state, previous: states[i] })));
  });
});

describe("nothing leaks", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  beforeEach(() => void process.on("unhandledRejection", note));
  afterEach(() => void process.off("unhandledRejection", note));

  it("nothing becomes an unhandled rejection, whatever fails and nobody waits for", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    session.start();
    server.refreshFailure = new Error("down");
    server.createFailure = new Error("down");
    await sleep(700_000);
    server.createFailure = REFUSED;
    await sleep(60_000);
    const closed = open(server, { grant: undefined, create: () => new Promise(() => {}) });
    closed.start();
    closed.close();
    await settle();
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  });

  it("no token is in inspect, toJSON, String, or an error of the session", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    session.on("token", () => {});
    const secrets = [String(session.grant?.token), String(session.grant?.refreshToken)];
    server.refreshFailure = new Error("down");
    const errors = [
      await rejection(session.getToken({ forceRefresh: true })),
      await rejection(
        open(server, { refresh: async () => ({ token: secrets[0] }) as never }).getToken({
          forceRefresh: true,
        }),
      ),
    ];
    const shown = [session, ...errors].flatMap((value) => [
      inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      inspect({ of: [value] }, { depth: 9, showHidden: true, getters: true }),
      JSON.stringify(value),
      String(value),
    ]);
    expect(inspect(session)).toBe("RoomTokenSession {}");
    expect(inspect(new Proxy(session, {}))).toBe("RoomTokenSession {}");
    expect(Object.keys(session)).toEqual([]);
    for (const text of shown) for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("the dates that come out cannot change those inside", async () => {
    const session = open(new Server());
    const expiresAt = session.tokenExpiresAt?.getTime();
    session.tokenExpiresAt?.setTime(0);
    session.grant?.tokenExpiresAt.setTime(0);
    expect(session.tokenExpiresAt?.getTime()).toBe(expiresAt);
  });
});
