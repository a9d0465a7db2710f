import { describe, expect, it, vi } from "vitest";
import type { RoomTokenSession } from "../../src/session/index.ts";
import {
  DOWN,
  FORCED,
  HOUR,
  NOON,
  never,
  REFUSED,
  rejection,
  settle,
  setUp,
  setUpReady,
  setUpStarted,
  sleep,
  statesOf,
  track,
  useFakeTime,
} from "./support.ts";

useFakeTime();

describe("the state", () => {
  it("is idle before the first token, and ready with one", async () => {
    const { session } = setUp();
    const nothing = { token: undefined, error: undefined, retryAt: undefined };
    expect(session.getSnapshot()).toEqual({ ...nothing, state: "idle" });
    const token = await session.getToken();
    expect(session.getSnapshot()).toEqual({ ...nothing, state: "ready", token });
  });

  it("is failed from the first attempt on if the back end answers 500 at first load, with the error", async () => {
    const { session } = setUp({ always: { status: 500 } });
    const states = statesOf(session);
    for (let i = 0; i < 5; i++) {
      const call = track(session.getToken());
      await sleep(4000);
      expect(call.error).toMatchObject({ code: "server_error", status: 500 });
      expect(session.getSnapshot().error).toBe(call.error);
    }
    expect([...new Set(states)]).toEqual(["idle", "failed"]);
  });

  it("is degraded while a valid token is held and the last renewal failed, then failed, then ready", async () => {
    const { server, session } = await setUpReady();
    const states = statesOf(session);
    session.start();
    server.always = DOWN;
    await sleep(599_000);
    server.always = undefined;
    await sleep(30_000);
    expect(states.filter((state, i) => state !== states[i - 1])).toEqual([
      "ready",
      "degraded",
      "failed",
      "ready",
    ]);
  });

  it("tells of a refusal by error.retryable", async () => {
    const { session } = setUp({ next: [DOWN, REFUSED] });
    expect((await rejection(session.getToken())).retryable).toBe(true);
    await sleep(1000);
    expect((await rejection(session.getToken(FORCED))).retryable).toBe(false);
    expect(session.getSnapshot()).toMatchObject({ state: "failed", error: { retryable: false } });
  });

  it("changes at the moment when a token expires, if the session is started", async () => {
    const { server, session } = await setUpReady({}, { timeoutMs: HOUR });
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
    const { session } = await setUpReady();
    const snapshot = session.getSnapshot();
    expect(Object.isFrozen(snapshot)).toBe(true);
    await sleep(100_000);
    await session.getToken();
    session.start();
    expect(session.getSnapshot()).toBe(snapshot);
    await sleep(380_000);
    expect(session.getSnapshot()).not.toBe(snapshot);
  });

  it("has no token after that has expired unnoticed; the grant has it still", async () => {
    const { session, token } = await setUpReady();
    await sleep(598_999);
    expect(session.getSnapshot().token).toBe(token);
    await sleep(1);
    expect(session.getSnapshot()).toMatchObject({ state: "idle", token: undefined });
    expect(session.getSnapshot()).toBe(session.getSnapshot());
    expect(session.grant?.token).toBe(token);
  });

  it("has a retryAt only while the session is started or somebody waits", async () => {
    const { server, session } = setUp({ always: DOWN });
    await rejection(session.getToken());
    expect(session.getSnapshot()).toMatchObject({ state: "failed", retryAt: undefined });
    const waiting = track(session.getToken());
    await settle();
    expect(session.getSnapshot().retryAt).toBe(NOON + 500);
    await sleep(500);
    expect(waiting.settledAt).toBe(500);
    expect(session.getSnapshot().retryAt).toBeUndefined();
    session.start();
    expect(session.getSnapshot().retryAt).toBe(NOON + 1500);
    session.stop();
    expect(session.getSnapshot().retryAt).toBeUndefined();
    await sleep(HOUR);
    expect(server.count).toBe(2);
  });

  it("keeps its retryAt while the request of that attempt is under way", async () => {
    const { server, session } = await setUpStarted({ next: [DOWN, never] });
    await sleep(5000);
    expect(server.count).toBe(2);
    expect(session.getSnapshot().retryAt).toBe(NOON + 500);
  });
});

describe("subscribe", () => {
  it("calls at once, and once for every change after it is committed, until it is unsubscribed", async () => {
    const { session } = setUp();
    const seen: unknown[] = [];
    const unsubscribe = session.subscribe((snapshot) =>
      seen.push([snapshot, session.getSnapshot(), session.grant?.token]),
    );
    const idle = session.getSnapshot();
    const token = await session.getToken();
    for (let i = 0; i < 10; i++) await session.getToken();
    const ready = session.getSnapshot();
    unsubscribe();
    unsubscribe();
    await sleep(HOUR);
    await session.getToken();
    expect(seen).toEqual([
      [idle, idle, undefined],
      [ready, ready, token],
    ]);
  });

  it("is bound, as getSnapshot is, and takes one function twice, as two listeners", async () => {
    const { session } = setUp();
    const { subscribe, getSnapshot } = session;
    const listener = vi.fn();
    const unsubscribe = subscribe(listener);
    expect(listener).toHaveBeenCalledExactlyOnceWith(getSnapshot());
    subscribe(listener);
    unsubscribe();
    await session.getToken();
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it("refuses what is no function", () => {
    expect(() => setUp().session.subscribe("x" as never)).toThrow("listener must be a function");
  });

  it("tells the other listeners of what was not noticed before, and not twice", async () => {
    const { session } = await setUpReady();
    const states = statesOf(session);
    await sleep(HOUR);
    expect(statesOf(session)).toEqual(["idle"]);
    expect(states).toEqual(["ready", "idle"]);
  });

  const faults = [new Error("now"), new Error("later")];
  function subscribeFaulty(session: RoomTokenSession): void {
    session.subscribe(() => {
      throw faults[0];
    });
    session.subscribe(() => Promise.reject(faults[1]));
  }

  it("a listener that throws or rejects reaches nobody: the others are called once, the token is there", async () => {
    const { session } = setUp();
    subscribeFaulty(session);
    const states = statesOf(session);
    expect(await session.getToken()).toBeTypeOf("string");
    expect(states).toEqual(["idle", "ready"]);
  });

  it("what it throws or rejects with goes to reportError in a page, even if that throws too", async () => {
    const reportError = vi.fn(() => {
      throw new Error("reportError");
    });
    vi.stubGlobal("reportError", reportError);
    subscribeFaulty(setUp().session);
    await settle();
    expect(reportError).not.toHaveBeenCalled(); // on Deno it would end the process
    vi.stubGlobal("document", new EventTarget());
    subscribeFaulty(setUp().session);
    await settle();
    expect(reportError.mock.calls).toEqual([[faults[0]], [faults[1]]]);
    vi.stubGlobal("reportError", undefined);
    subscribeFaulty(setUp().session);
    await settle();
  });

  it("a listener may unsubscribe itself and others, and subscribe new ones, while it is called", async () => {
    const { session } = setUp();
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
    const whenReady = ["first ready", "new ready", "last ready"];
    expect(calls).toEqual(["first idle", "removed idle", "last idle", ...whenReady]);
  });

  it("a listener that closes the session leaves it to that to call the others; who waited has the token", async () => {
    const { session } = setUp();
    const states = [statesOf(session), statesOf(session)];
    session.subscribe(({ state }) => state === "ready" && session.close());
    states.push(statesOf(session));
    expect(await session.getToken()).toMatch(/^ey/);
    const all = ["idle", "ready", "closed"];
    expect(states).toEqual([all, all, ["idle", "closed"]]);
    expect(statesOf(session)).toEqual(["closed"]); // once, and never again
  });

  it("is not called with what a listener before it has changed already", async () => {
    const { session } = setUp({ always: DOWN });
    session.subscribe(({ state }) => state === "failed" && session.stop());
    const retries: unknown[] = [];
    session.subscribe(({ retryAt }) => retries.push(retryAt));
    session.start();
    await settle();
    expect(session.getSnapshot().state).toBe("failed");
    expect(retries).toEqual([undefined, undefined]);
  });
});
