import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import {
  DOWN,
  FORCED,
  HOUR,
  NOON,
  never,
  openOn,
  REFUSED,
  rejection,
  settle,
  setUp,
  setUpReady,
  setUpStarted,
  sleep,
  stepWallClock,
  track,
  useFakeTime,
} from "./support.ts";

useFakeTime();

describe("start() and stop()", () => {
  it("a started session renews for a day by itself, and a stopped one no more", async () => {
    const { server, session } = await setUpStarted();
    await sleep(24 * HOUR);
    expect(server.operations).toMatch(/^cr{180}$/);
    session.stop();
    await sleep(HOUR);
    expect(server.count).toBe(181);
    session.start();
    await settle();
    expect(server.count).toBe(182);
  });

  it("a session that is not started has no timer, and makes no request but for a caller", async () => {
    const { server, session } = await setUpReady();
    expect(vi.getTimerCount()).toBe(0);
    await sleep(24 * HOUR);
    expect(server.count).toBe(1);
    server.always = DOWN;
    await rejection(session.getToken());
    expect(vi.getTimerCount()).toBe(0);
    await sleep(HOUR);
    expect(server.count).toBe(2);
  });

  it("a started session has one timer, however often it is started, asked and stopped", async () => {
    const { session } = setUp();
    for (let i = 0; i < 3; i++) {
      session.start();
      session.start();
      await session.getToken();
      track(session.getToken(FORCED));
      expect(vi.getTimerCount()).toBe(1);
      session.stop();
    }
    await sleep(2000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stop() leaves the request under way, and a caller that waits in a pause its attempt", async () => {
    const { session } = setUp({ latencyMs: 1000, next: [DOWN] });
    session.start();
    session.stop();
    await sleep(1000);
    expect(session.getSnapshot().state).toBe("failed");
    expect(vi.getTimerCount()).toBe(0);
    session.start();
    const waiting = track(session.getToken());
    session.stop();
    await sleep(1500);
    expect(waiting).toEqual({ value: session.getSnapshot().token, settledAt: 2500 });
  });
});

describe("the timer", () => {
  it("never sleeps for more than 30 s, so that waking is noticed", async () => {
    const setTimeout = vi.spyOn(globalThis, "setTimeout");
    const { server } = await setUpStarted();
    await sleep(10_000);
    stepWallClock(HOUR);
    await sleep(20_000);
    expect(server.count).toBe(2);
    expect(Math.max(...setTimeout.mock.calls.map(([, delayMs]) => Number(delayMs)))).toBe(30_000);
  });

  it("keeps a process alive only while somebody waits", async () => {
    const setTimeout = vi.spyOn(globalThis, "setTimeout");
    const keepsAlive = () => setTimeout.mock.results.at(-1)?.value.hasRef();
    const { session } = await setUpStarted({ next: [DOWN] });
    expect(keepsAlive()).toBe(false);
    const waiting = track(session.getToken());
    await settle();
    expect(keepsAlive()).toBe(true);
    await sleep(500);
    expect(waiting.settledAt).toBe(500);
    expect(keepsAlive()).toBe(false);
  });

  it("may be a number, as in a page", async () => {
    const timers: ReturnType<typeof setTimeout>[] = [];
    const [set, clear] = [setTimeout, clearTimeout];
    vi.stubGlobal("setTimeout", (ring: () => void, delayMs: number) => timers.push(set(ring, delayMs)));
    vi.stubGlobal("clearTimeout", (id: number) => clear(timers[id - 1]));
    const { server } = await setUpStarted();
    await sleep(480_000);
    expect(server.count).toBe(2);
  });
});

describe("the deadline of a request", () => {
  it("ends it: its signal is aborted, those that wait get a timeout, its late result is ignored", async () => {
    const { server, session } = setUp({ latencyMs: 16_000 });
    const waiting = track(session.getToken());
    await sleep(15_000);
    expect(waiting.settledAt).toBe(15_000);
    expect(waiting.error).toMatchObject({
      code: "timeout",
      message: "create failed: no complete response within 15000 ms",
      operation: "create",
      retryable: true,
    });
    expect(server.requests[0]?.signal.aborted).toBe(true);
    await sleep(1000);
    expect(session.getSnapshot()).toMatchObject({ state: "failed", error: { code: "timeout" } });
  });

  it("covers the body of a Response", async () => {
    const response = { ok: true, status: 200, headers: new Headers(), json: never };
    const waiting = track(openOn(() => response, { timeoutMs: 100 }).getToken());
    await sleep(100);
    expect(waiting.error).toMatchObject({ code: "timeout" });
  });

  it("holds for the create after a refused refresh anew", async () => {
    const { server, session } = await setUpReady();
    await sleep(1000);
    Object.assign(server, { latencyMs: 10_000, next: [REFUSED] });
    const waiting = track(session.getToken(FORCED));
    await sleep(20_000);
    expect(waiting).toEqual({ value: session.getSnapshot().token, settledAt: 21_000 });
  });

  it("a request that slept past it is given up at waking, and a caller that comes then waits for the next", async () => {
    const { server, session } = setUp({ next: [never] });
    const before = track(session.getToken());
    await settle();
    stepWallClock(HOUR);
    const after = track(session.getToken());
    await sleep(500);
    expect(before).toMatchObject({ error: { code: "timeout" }, settledAt: HOUR });
    expect(after).toEqual({ value: session.getSnapshot().token, settledAt: HOUR + 500 });
    expect(server.count).toBe(2);
  });

  it("at waking a valid token still serves who asks for more validity", async () => {
    const { server, session, token } = await setUpReady();
    server.next.push(never);
    await sleep(480_000);
    await session.getToken();
    stepWallClock(20_000);
    expect(await session.getToken({ minValidityMs: 500_000 })).toBe(token);
    expect(session.getSnapshot()).toMatchObject({ state: "degraded", error: { code: "timeout" } });
  });
});

describe("a caller's signal", () => {
  it("ends its waiting with the signal's reason, though a valid token is held; the request goes on", async () => {
    const { server, session, token } = await setUpReady();
    await sleep(100_000);
    server.latencyMs = 100;
    const caller = new AbortController();
    const waiting = track(session.getToken({ signal: caller.signal, minValidityMs: 550_000 }));
    await sleep(50);
    caller.abort("mine");
    await sleep(50);
    expect(waiting).toEqual({ error: "mine", settledAt: 100_050 });
    expect(server.requests[1]?.signal.aborted).toBe(false);
    expect(session.getSnapshot().token).not.toBe(token);
  });

  it("that is aborted already rejects at once, whatever is held; without a reason with an AbortError", async () => {
    const { server, session } = await setUpReady();
    await expect(session.getToken({ signal: AbortSignal.abort("mine") })).rejects.toBe("mine");
    // Of React Native.
    const signal = {
      aborted: true,
      addEventListener() {},
      removeEventListener() {},
    } as unknown as AbortSignal;
    await expect(session.getToken({ signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(server.count).toBe(1);
  });

  it("ten thousand calls on it put one listener on it, and leave none", async () => {
    const { session } = setUp({ latencyMs: 100 });
    const { signal } = new AbortController();
    const all = Promise.all(Array.from({ length: 10_000 }, () => session.getToken({ signal })));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await sleep(100);
    expect(new Set(await all).size).toBe(1);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("leaves other callers in a pause their attempt; when the last one leaves, nothing more is requested", async () => {
    const { server, session } = setUp({ always: DOWN });
    await rejection(session.getToken());
    const callers = [new AbortController(), new AbortController()];
    const waiting = callers.map(({ signal }) => track(session.getToken({ signal })));
    await settle();
    callers[0]?.abort();
    await settle();
    expect(waiting).toMatchObject([{ error: { name: "AbortError" } }, {}]);
    expect(vi.getTimerCount()).toBe(1);
    expect(session.getSnapshot().retryAt).toBe(NOON + 500);
    callers[1]?.abort();
    await settle();
    expect(vi.getTimerCount()).toBe(0);
    expect(session.getSnapshot().retryAt).toBeUndefined();
    await sleep(HOUR);
    expect(server.count).toBe(1);
  });
});
