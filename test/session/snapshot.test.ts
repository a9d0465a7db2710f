import { describe, expect, it, vi } from "vitest";
import type { RoomTokenSession, RoomTokenSessionSnapshot } from "../../src/session/index.ts";
import {
  DOWN,
  HOUR,
  NOON,
  never,
  open,
  openReady,
  REFUSED,
  rejection,
  Server,
  settle,
  sleep,
  track,
  useFakeTime,
} from "./support.ts";

useFakeTime();

/** The states that a listener was called with. */
function statesOf(session: RoomTokenSession): string[] {
  const states: string[] = [];
  session.subscribe(({ state }) => states.push(state));
  return states;
}

describe("the state", () => {
  it("is idle before the first token, and ready with one", async () => {
    const session = open(new Server());
    expect(session.getSnapshot()).toEqual({
      state: "idle",
      token: undefined,
      error: undefined,
      retryAt: undefined,
    });
    const token = await session.getToken();
    expect(session.getSnapshot()).toEqual({ state: "ready", token, error: undefined, retryAt: undefined });
  });

  it("is failed after the first attempt if the back end answers 500 at first load, with the error", async () => {
    const server = new Server();
    server.always = { status: 500 };
    const session = open(server);
    const states = statesOf(session);
    for (let i = 0; i < 5; i++) {
      const call = track(session.getToken());
      await sleep(4000);
      expect(call.error).toMatchObject({ code: "server_error", status: 500 });
      expect(session.getSnapshot()).toMatchObject({ state: "failed", error: { code: "server_error" } });
    }
    expect(states.slice(0, 2)).toEqual(["idle", "failed"]);
    expect(new Set(states)).toEqual(new Set(["idle", "failed"]));
  });

  it("is degraded while a valid token is held and the last renewal failed, then failed, then ready", async () => {
    const server = new Server();
    const session = await openReady(server);
    const states = statesOf(session);
    session.start();
    server.always = DOWN;
    await sleep(599_000);
    expect(states).toContain("failed");
    server.always = undefined;
    await sleep(30_000);
    expect([...new Set(states)]).toEqual(["ready", "degraded", "failed"]);
    expect(states.at(-1)).toBe("ready");
  });

  it("tells of a refusal by error.retryable", async () => {
    const server = new Server();
    server.next.push(DOWN, REFUSED);
    const session = open(server);
    await rejection(session.getToken());
    expect(session.getSnapshot().error?.retryable).toBe(true);
    await sleep(1000);
    await rejection(session.getToken({ forceRefresh: true }));
    expect(session.getSnapshot().error?.retryable).toBe(false);
  });

  it("changes at the moment when a token expires, if the session is started", async () => {
    const server = new Server();
    const session = await openReady(server, { timeoutMs: HOUR });
    const states = statesOf(session);
    session.start();
    server.always = never;
    await sleep(598_999);
    expect(states).toEqual(["ready"]);
    await sleep(1);
    expect(states).toEqual(["ready", "idle"]);
  });
});

describe("a snapshot", () => {
  it("is frozen, and the same object until something in it changes", async () => {
    const session = await openReady(new Server());
    const snapshot = session.getSnapshot();
    expect(Object.isFrozen(snapshot)).toBe(true);
    await sleep(100_000);
    await session.getToken();
    session.start();
    expect(session.getSnapshot()).toBe(snapshot);
    await sleep(380_000);
    expect(session.getSnapshot()).not.toBe(snapshot);
  });

  it("has no token after that has expired unnoticed", async () => {
    const session = await openReady(new Server());
    await sleep(598_999);
    expect(session.getSnapshot().token).toBeTypeOf("string");
    await sleep(1);
    expect(session.getSnapshot()).toMatchObject({ state: "idle", token: undefined });
    expect(session.getSnapshot()).toBe(session.getSnapshot());
    expect(session.grant?.token).toBeTypeOf("string");
  });

  it("has a retryAt only while the session is started or somebody waits", async () => {
    const server = new Server();
    server.always = DOWN;
    const session = open(server);
    await rejection(session.getToken());
    expect(session.getSnapshot()).toMatchObject({ state: "failed", retryAt: undefined });
    const waiting = track(session.getToken());
    await settle();
    expect(session.getSnapshot().retryAt).toBe(NOON + 500);
    await sleep(500);
    expect(waiting.isPending).toBe(false);
    expect(session.getSnapshot().retryAt).toBeUndefined();
    session.start();
    expect(session.getSnapshot().retryAt).toBe(NOON + 1500);
    session.stop();
    expect(session.getSnapshot().retryAt).toBeUndefined();
    await sleep(HOUR);
    expect(server.count).toBe(2);
  });

  it("keeps its retryAt while the request of that attempt is under way", async () => {
    const server = new Server();
    server.next.push(DOWN, never);
    const session = open(server);
    session.start();
    await sleep(5000);
    expect(server.count).toBe(2);
    expect(session.getSnapshot().retryAt).toBe(NOON + 500);
  });
});

describe("subscribe", () => {
  it("calls at once, and once for every change, until it is unsubscribed", async () => {
    const server = new Server();
    const session = open(server);
    const snapshots: RoomTokenSessionSnapshot[] = [];
    const unsubscribe = session.subscribe((snapshot) => snapshots.push(snapshot));
    expect(snapshots).toEqual([session.getSnapshot()]);
    await session.getToken();
    for (let i = 0; i < 10; i++) await session.getToken();
    expect(snapshots).toHaveLength(2);
    expect(snapshots[1]).toBe(session.getSnapshot());
    unsubscribe();
    unsubscribe();
    await sleep(HOUR);
    await session.getToken();
    expect(snapshots).toHaveLength(2);
  });

  it("is bound, as getSnapshot is", () => {
    const { subscribe, getSnapshot } = open(new Server());
    const listener = vi.fn();
    subscribe(listener);
    expect(listener).toHaveBeenCalledExactlyOnceWith(getSnapshot());
  });

  it("takes one function twice, as two listeners", async () => {
    const session = open(new Server());
    const listener = vi.fn();
    const unsubscribe = session.subscribe(listener);
    session.subscribe(listener);
    unsubscribe();
    await session.getToken();
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it("refuses what is no function", () => {
    expect(() => open(new Server()).subscribe("x" as never)).toThrow("listener must be a function");
  });

  it("tells the other listeners of what was not noticed before, and not twice", async () => {
    const session = await openReady(new Server());
    const states = statesOf(session);
    await sleep(HOUR);
    expect(statesOf(session)).toEqual(["idle"]);
    expect(states).toEqual(["ready", "idle"]);
  });

  it("a listener is called after the change is committed", async () => {
    const session = open(new Server());
    const seen: unknown[] = [];
    session.subscribe((snapshot) => seen.push(snapshot === session.getSnapshot(), session.grant?.token));
    const token = await session.getToken();
    expect(seen).toEqual([true, undefined, true, token]);
  });

  it("a listener that throws or rejects reaches nobody: the others are called once, the token is there", async () => {
    const session = open(new Server());
    session.subscribe(() => {
      throw new Error("now");
    });
    session.subscribe(() => Promise.reject(new Error("later")));
    const states = statesOf(session);
    expect(await session.getToken()).toBeTypeOf("string");
    expect(states).toEqual(["idle", "ready"]);
  });

  it("what it throws or rejects with goes to reportError in a page, even if that throws too", async () => {
    const reportError = vi.fn(() => {
      throw new Error("reportError");
    });
    vi.stubGlobal("reportError", reportError);
    const faults = [new Error("now"), new Error("later")];
    const subscribeBoth = (session: RoomTokenSession) => {
      session.subscribe(() => {
        throw faults[0];
      });
      session.subscribe(() => Promise.reject(faults[1]));
    };
    subscribeBoth(open(new Server()));
    await settle();
    expect(reportError).not.toHaveBeenCalled(); // on Deno it would end the process
    vi.stubGlobal("document", new EventTarget());
    subscribeBoth(open(new Server()));
    await settle();
    expect(reportError.mock.calls).toEqual([[faults[0]], [faults[1]]]);
    vi.stubGlobal("reportError", undefined);
    subscribeBoth(open(new Server()));
    await settle();
  });

  it("a listener may unsubscribe itself and others, and subscribe new ones, while it is called", async () => {
    const session = open(new Server());
    const calls: string[] = [];
    const unsubscribes = [() => {}];
    session.subscribe(({ state }) => {
      calls.push(`first ${state}`);
      for (const unsubscribe of unsubscribes) unsubscribe();
      if (state === "ready") session.subscribe((snapshot) => calls.push(`new ${snapshot.state}`));
    });
    unsubscribes.push(session.subscribe(({ state }) => calls.push(`removed ${state}`)));
    session.subscribe(({ state }) => calls.push(`last ${state}`));
    await session.getToken();
    expect(calls).toEqual([
      "first idle",
      "removed idle",
      "last idle",
      "first ready",
      "new ready",
      "last ready",
    ]);
  });

  it("a listener that causes a change leaves it to that change to call the others", async () => {
    const session = open(new Server());
    const states = ["", ""].map(() => statesOf(session));
    session.subscribe(({ state }) => state === "ready" && session.close());
    states.push(statesOf(session));
    await session.getToken();
    expect(states).toEqual([
      ["idle", "ready", "closed"],
      ["idle", "ready", "closed"],
      ["idle", "closed"],
    ]);
  });

  it("is not called with what a listener before it has changed already", async () => {
    const server = new Server();
    server.always = DOWN;
    const session = open(server);
    session.subscribe(({ state }) => state === "failed" && session.stop());
    const retries: unknown[] = [];
    session.subscribe(({ retryAt }) => retries.push(retryAt));
    session.start();
    await settle();
    expect(session.getSnapshot().state).toBe("failed");
    expect(retries).toEqual([undefined, undefined]);
  });

  it("a closed session calls once, with closed, and never again", () => {
    const session = open(new Server());
    session.close();
    expect(statesOf(session)).toEqual(["closed"]);
  });
});
