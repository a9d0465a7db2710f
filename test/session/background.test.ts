import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import {
  DOWN,
  HOUR,
  NOON,
  never,
  open,
  openOn,
  openReady,
  rejection,
  Server,
  settle,
  sleep,
  stepWallClock,
  track,
  useFakeTime,
} from "./support.ts";

useFakeTime();

describe("start() and stop()", () => {
  it("a started session renews for a day by itself, and a stopped one no more", async () => {
    const server = new Server();
    const session = open(server);
    session.start();
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
    const server = new Server();
    const session = await openReady(server);
    expect(vi.getTimerCount()).toBe(0);
    await sleep(24 * HOUR);
    expect(server.count).toBe(1);
    server.always = DOWN;
    await rejection(session.getToken());
    expect(vi.getTimerCount()).toBe(0);
    await sleep(24 * HOUR);
    expect(server.count).toBe(2);
  });

  it("a started session has one timer, however often it is started, asked and stopped", async () => {
    const server = new Server();
    const session = open(server);
    for (let i = 0; i < 3; i++) {
      session.start();
      session.start();
      await session.getToken();
      session.getToken({ forceRefresh: true }).catch(() => {});
      expect(vi.getTimerCount()).toBe(1);
      session.stop();
    }
    await sleep(2000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stop() leaves the request under way, and its token is used", async () => {
    const server = new Server();
    server.latencyMs = 1000;
    const session = open(server);
    session.start();
    session.stop();
    await sleep(1000);
    expect(session.getSnapshot().state).toBe("ready");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stop() leaves a caller that waits in a pause its attempt", async () => {
    const server = new Server();
    server.next.push(DOWN);
    const session = open(server);
    session.start();
    await settle();
    const waiting = track(session.getToken());
    session.stop();
    await sleep(500);
    expect(waiting.value).toBe(session.getSnapshot().token);
  });
});

describe("the timer", () => {
  it("never sleeps for more than 30 s, so that waking is noticed", async () => {
    const setTimeout = vi.spyOn(globalThis, "setTimeout");
    const server = new Server();
    const session = await openReady(server);
    session.start();
    await sleep(10_000);
    stepWallClock(HOUR);
    await sleep(20_000);
    expect(server.count).toBe(2);
    expect(Math.max(...setTimeout.mock.calls.map(([, delayMs]) => Number(delayMs)))).toBe(30_000);
  });

  it("keeps a process alive only while somebody waits", async () => {
    const refs: boolean[] = [];
    const real = globalThis.setTimeout;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((ring: () => void, delayMs: number) => {
      const index = refs.push(true) - 1;
      const unref = () => {
        refs[index] = false;
      };
      return Object.assign(real(ring, delayMs), { unref });
    }) as never);
    const server = new Server();
    server.next.push(DOWN);
    const session = open(server);
    session.start();
    await settle();
    expect(refs.at(-1)).toBe(false);
    const waiting = session.getToken();
    await settle();
    expect(refs.at(-1)).toBe(true);
    await sleep(500);
    await waiting;
    expect(refs.at(-1)).toBe(false);
  });

  it("may be a number, as in a page", async () => {
    const real = globalThis.setTimeout;
    const timers = new Map<number, ReturnType<typeof real>>();
    vi.stubGlobal("setTimeout", (ring: () => void, delayMs: number) => {
      timers.set(timers.size + 1, real(ring, delayMs));
      return timers.size;
    });
    const clear = globalThis.clearTimeout;
    vi.stubGlobal("clearTimeout", (id: number) => clear(timers.get(id)));
    const server = new Server();
    open(server).start();
    await sleep(480_000);
    expect(server.count).toBe(2);
  });

  it("is not relied on by getToken(), which goes by the clocks", async () => {
    const server = new Server();
    const session = await openReady(server);
    session.start();
    const token = await session.getToken();
    stepWallClock(490_000);
    expect(await session.getToken()).toBe(token);
    expect(server.count).toBe(2);
  });
});

describe("the deadline of a request", () => {
  it("ends it after timeoutMs: its signal is aborted, those that wait get a timeout, its late result is ignored", async () => {
    const server = new Server();
    let resolveLate: (grant: object) => void = () => {};
    server.next.push(
      () =>
        new Promise((resolve) => {
          resolveLate = resolve;
        }),
    );
    const session = open(server);
    const waiting = track(session.getToken());
    await sleep(14_999);
    expect(waiting.isPending).toBe(true);
    await sleep(1);
    expect(waiting.error).toMatchObject({
      code: "timeout",
      message: "create failed: no complete response within 15000 ms",
      operation: "create",
      retryable: true,
    });
    expect(server.requests[0]?.signal.aborted).toBe(true);
    resolveLate(server.grant());
    await settle();
    expect(session.getSnapshot()).toMatchObject({ state: "failed", error: { code: "timeout" } });
  });

  it("covers the body of a Response", async () => {
    const session = openOn(() => ({ ok: true, status: 200, headers: new Headers(), json: never }), {
      timeoutMs: 100,
    });
    const waiting = track(session.getToken());
    await sleep(100);
    expect(waiting.error).toMatchObject({ code: "timeout" });
  });

  it("holds for the create after a refused refresh anew", async () => {
    const server = new Server();
    server.latencyMs = 10_000;
    server.next.push({ status: 403 });
    const session = open(server, { grant: server.grant() });
    const waiting = track(session.getToken({ forceRefresh: true }));
    await sleep(20_000);
    expect(waiting.value).toBe(session.getSnapshot().token);
  });

  it("a request that slept past it is given up at waking, and a caller that comes then waits for the next", async () => {
    const server = new Server();
    server.next.push(never);
    const session = open(server);
    const before = track(session.getToken());
    await settle();
    stepWallClock(HOUR);
    const after = track(session.getToken());
    await settle();
    expect(before.error).toMatchObject({ code: "timeout" });
    expect(after.isPending).toBe(true);
    await sleep(500);
    expect(after.value).toBe(session.getSnapshot().token);
    expect(server.count).toBe(2);
  });

  it("at waking a valid token still serves who asks for more validity", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    server.next.push(never);
    await sleep(480_000);
    await session.getToken();
    stepWallClock(20_000);
    expect(await session.getToken({ minValidityMs: 500_000 })).toBe(token);
    expect(session.getSnapshot()).toMatchObject({ state: "degraded", error: { code: "timeout" } });
  });
});

describe("a caller's signal", () => {
  it("ends the waiting of that caller only, with its reason; the request under way goes on", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    const caller = new AbortController();
    const waiting = track(session.getToken({ signal: caller.signal }));
    await sleep(50);
    caller.abort("mine");
    await settle();
    expect(waiting.error).toBe("mine");
    expect(server.requests[0]?.signal.aborted).toBe(false);
    await sleep(50);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("that is aborted already rejects at once, whatever is held", async () => {
    const server = new Server();
    const session = await openReady(server);
    const error = track(session.getToken({ signal: AbortSignal.abort("mine") }));
    await settle();
    expect(error.error).toBe("mine");
    expect(server.count).toBe(1);
  });

  it("without a reason, as on React Native, rejects with an AbortError", async () => {
    const session = open(new Server());
    const signal = {
      aborted: true,
      addEventListener() {},
      removeEventListener() {},
    } as unknown as AbortSignal;
    const waiting = track(session.getToken({ signal }));
    await settle();
    expect(waiting.error).toMatchObject({ name: "AbortError" });
  });

  it("ten thousand calls on it put one listener on it, and leave none", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    const { signal } = new AbortController();
    const all = Promise.all(Array.from({ length: 10_000 }, () => session.getToken({ signal })));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await sleep(100);
    expect(new Set(await all).size).toBe(1);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("of the only caller in a pause ends the pause's timer: nothing more is asked", async () => {
    const server = new Server();
    server.always = DOWN;
    const session = open(server);
    await rejection(session.getToken());
    const caller = new AbortController();
    const waiting = track(session.getToken({ signal: caller.signal }));
    await settle();
    expect(vi.getTimerCount()).toBe(1);
    expect(session.getSnapshot().retryAt).toBe(NOON + 500);
    caller.abort();
    await settle();
    expect(waiting.error).toMatchObject({ name: "AbortError" });
    expect(vi.getTimerCount()).toBe(0);
    expect(session.getSnapshot().retryAt).toBeUndefined();
    await sleep(HOUR);
    expect(server.count).toBe(1);
  });

  it("of one of two callers leaves the other its attempt", async () => {
    const server = new Server();
    server.next.push(DOWN);
    const session = open(server);
    await rejection(session.getToken());
    const caller = new AbortController();
    track(session.getToken({ signal: caller.signal }));
    const other = track(session.getToken());
    await settle();
    caller.abort();
    await sleep(500);
    expect(other.value).toBe(session.getSnapshot().token);
  });

  it("ends the waiting for more validity too: no token comes in its place", async () => {
    const server = new Server();
    const session = await openReady(server);
    await sleep(100_000);
    server.always = never;
    const caller = new AbortController();
    const waiting = track(session.getToken({ signal: caller.signal, minValidityMs: 550_000 }));
    await settle();
    caller.abort("mine");
    await settle();
    expect(waiting.error).toBe("mine");
  });
});
