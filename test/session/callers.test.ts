import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { isRoomTokenError, type RoomTokenGrantInput } from "../../src/session/index.ts";
import {
  DOWN,
  jwt,
  NOON,
  open,
  REFUSED,
  record,
  rejection,
  Server,
  settle,
  sleep,
  useFakeTime,
} from "./support.ts";

useFakeTime();
const calls = (count: number, call: () => Promise<string>) => Array.from({ length: count }, call);

describe("one renewal at a time", () => {
  it("fifty callers on an empty session share one create", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { grant: undefined, create: server.create });
    const tokens = Promise.all(calls(50, () => session.getToken()));
    await sleep(100);
    expect(new Set(await tokens).size).toBe(1);
    expect([server.creates, server.refreshes]).toEqual([[0], []]);
  });

  it("fifty callers on a dead token, the refresh refused: one refresh, one create, one token", async () => {
    const server = new Server();
    server.latencyMs = 100;
    server.refreshFailure = REFUSED;
    const session = open(server, { create: server.create });
    await sleep(599_000);
    const tokens = Promise.all(calls(50, () => session.getToken()));
    await sleep(200);
    expect(new Set(await tokens).size).toBe(1);
    expect([server.creates, server.refreshes]).toEqual([[599_100], [599_000]]);
  });

  it.each([DOWN, REFUSED])(
    "when it fails with %j all fifty get the same error, of one request",
    async (failure) => {
      const server = new Server();
      server.createFailure = failure;
      const session = open(server, { grant: undefined, create: server.create });
      const errors = await Promise.all(calls(50, () => session.getToken()).map(rejection));
      expect(new Set(errors).size).toBe(1);
      expect(errors[0]).toSatisfy(isRoomTokenError);
      expect(errors[0]).toMatchObject(failure);
      expect(server.requests).toBe(1);
    },
  );

  it("a forced refresh during an older renewal gets one more after it, and so do two", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    await sleep(480_000);
    const old = await session.getToken();
    await sleep(50);
    const plain = session.getToken();
    const forced = calls(2, () => session.getToken({ forceRefresh: true }));
    await sleep(200);
    const [first, second] = await Promise.all(forced);
    expect(await plain).toBe(old);
    expect(first).toBe(second);
    expect(first).toBe(await session.getToken());
    expect(server.refreshes).toEqual([480_000, 480_100]);
  });

  it("two forced refreshes together are one request", async () => {
    const server = new Server();
    const session = open(server);
    const [first, second] = await Promise.all(calls(2, () => session.getToken({ forceRefresh: true })));
    expect(first).toBe(second);
    expect(server.requests).toBe(1);
  });

  it("a forced refresh that joins a renewal in its own turn makes it a forced one", async () => {
    const server = new Server();
    server.ttlSecs = 3600;
    const session = open(server);
    await sleep(3_480_000);
    server.ttlSecs = 60;
    const plain = session.getToken();
    const forced = session.getToken({ forceRefresh: true });
    expect(await forced).not.toBe(await plain);
    expect(server.requests).toBe(1);
    expect(await session.getToken()).toBe(await forced);
  });

  it("a token that ends earlier than the one held does not replace it", async () => {
    const server = new Server();
    server.ttlSecs = 3600;
    const session = open(server);
    const old = await session.getToken();
    await sleep(3_480_000);
    server.ttlSecs = 60;
    expect(await session.getToken()).toBe(old);
    await settle();
    expect(server.requests).toBe(1);
    expect(await session.getToken()).toBe(old);
    expect(session.state).toBe("degraded");
  });

  it.each([10, 60, 600, 3600])(
    "the same token of %i s once more is no new life for it: few requests, and its old end",
    async (ttlSecs) => {
      const server = new Server();
      server.ttlSecs = ttlSecs;
      server.refreshTtlSecs = 86_400;
      const grant = server.savedGrant();
      const { token, tokenExpiresAt } = grant;
      const asked: number[] = [];
      const refresh = async () => {
        asked.push(Date.now() - NOON);
        return { token, tokenExpiresAt };
      };
      const session = open(server, { grant, refresh });
      const told = record(session);
      session.start();
      const deadAt = ttlSecs * 1000 - 1000;
      await sleep(deadAt - 1);
      const lastMinute = asked.filter((at) => at >= deadAt - 60_000);
      expect(lastMinute.length).toBeGreaterThanOrEqual(2);
      expect(lastMinute.length).toBeLessThanOrEqual(6);
      expect(await session.getToken()).toBe(token);
      await sleep(1);
      expect(session.state).toBe("expired");
      expect(told.token).toEqual([]);
    },
  );

  it("a forced refresh that brings the very token held is a failure, and the token keeps its end", async () => {
    const server = new Server();
    const grant = server.savedGrant();
    const { token, tokenExpiresAt } = grant;
    const session = open(server, { grant, refresh: async () => ({ token, tokenExpiresAt }) });
    const told = record(session);
    await sleep(100_000);
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "invalid_response",
      message: "The session's refresh gave no newer token",
    });
    expect(await session.getToken()).toBe(token);
    expect(told.token).toEqual([]);
    expect(told.error).toMatchObject([{ willRetry: true }]);
    await sleep(499_000);
    expect(session.state).toBe("expired");
  });

  it("a back end that always gives one cached JWT, dead for 300 s, does not satisfy a forced refresh", async () => {
    const server = new Server();
    const token = jwt(NOON / 1000 - 900, 600, "cached");
    const create = async () => ({ ...server.grant(), token });
    const session = open(server, { grant: undefined, create, refresh: undefined });
    const told = record(session);
    await session.getToken();
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      message: "The session's create gave no newer token",
    });
    expect(told.token).toHaveLength(1);
    expect(told.error).toHaveLength(1);
  });

  it("the same token once more draws no other jitter", async () => {
    const server = new Server();
    const grant = server.savedGrant();
    const { token, tokenExpiresAt } = grant;
    const session = open(server, { grant, refresh: async () => ({ token, tokenExpiresAt }) });
    await session.getToken();
    await rejection(session.getToken({ forceRefresh: true }));
    const draws = vi.mocked(Math.random).mock.calls.length;
    await session.getToken();
    expect(Math.random).toHaveBeenCalledTimes(draws);
  });

  it("two sessions share nothing", async () => {
    const server = new Server();
    const a = open(server, { grant: undefined, create: server.create });
    const b = open(server, { grant: undefined, create: server.create });
    const [tokenA, tokenB] = await Promise.all([a.getToken(), b.getToken()]);
    expect(tokenA).not.toBe(tokenB);
    expect(server.creates).toHaveLength(2);
  });
});

describe("close", () => {
  it("aborts the request, rejects who waits, forgets both tokens, and drops the late result", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { create: server.create });
    const told = record(session);
    session.start();
    await sleep(599_000);
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await settle();
    session.close();
    session.close();
    expect(await waiting).toMatchObject({ code: "session_closed" });
    expect(server.signals.at(-1)?.aborted).toBe(true);
    const tokens = told.token.length;
    await sleep(1000);
    expect(told.token).toHaveLength(tokens);
    expect(session).toMatchObject({
      state: "closed",
      grant: undefined,
      tokenExpiresAt: undefined,
      refreshTokenExpiresAt: undefined,
    });
    expect(told.state.at(-1)).toEqual({ state: "closed", previous: "ready" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a session that is closed before its request was sent sends none", async () => {
    const server = new Server();
    const session = open(server, { grant: undefined, create: server.create });
    const waiting = rejection(session.getToken());
    session.close();
    expect(await waiting).toMatchObject({ code: "session_closed" });
    await sleep(1000);
    expect(server.requests).toBe(0);
  });

  it("a result that arrives while the session closes is taken before or dropped, never after", async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const server = new Server();
      let deliver: (grant: RoomTokenGrantInput) => void = () => {};
      const create = () => new Promise<RoomTokenGrantInput>((resolve) => (deliver = resolve));
      const session = open(server, { grant: undefined, create });
      const told = record(session);
      const waiting = session.getToken().catch(() => {});
      await settle();
      deliver(server.grant());
      for (let i = 0; i < ticks; i++) await undefined;
      session.close();
      const before = told.token.length;
      await settle();
      await waiting;
      expect(told.token).toHaveLength(before);
      expect(session).toMatchObject({ state: "closed", grant: undefined });
    }
  });

  it("close between the refusal of the refresh and the create that would follow makes no create", async () => {
    const server = new Server();
    server.refreshFailure = REFUSED;
    const session = open(server, { create: server.create });
    session.on("error", () => session.close());
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "session_closed",
    });
    await sleep(1000);
    expect(server.creates).toEqual([]);
  });

  it("a request that fails after close does not speak for the session", async () => {
    const server = new Server();
    server.latencyMs = 10;
    server.refreshFailure = DOWN;
    const session = open(server);
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await sleep(1);
    session.close();
    expect(await waiting).toMatchObject({ code: "session_closed" });
    await sleep(100);
    expect(await rejection(session.getToken())).toMatchObject({ code: "session_closed" });
    expect(session.state).toBe("closed");
  });

  it("after close nothing works and nothing breaks", async () => {
    const server = new Server();
    const session = open(server);
    session.close();
    expect(() => session.start()).toThrow(expect.objectContaining({ code: "session_closed" }));
    session.stop();
    expect(await rejection(session.getToken())).toMatchObject({ code: "session_closed" });
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "session_closed",
    });
    expect(vi.getTimerCount()).toBe(0);
    expect(server.requests).toBe(0);
  });
});

describe("a failed renewal never takes a valid token away", () => {
  it("getToken gives the token until its end, rejects only then, and the first success resolves", async () => {
    const server = new Server();
    const session = open(server);
    const token = await session.getToken();
    server.refreshFailure = DOWN;
    session.start();
    for (let ms = 0; ms < 598_000; ms += 1000) {
      expect(await session.getToken()).toBe(token);
      await sleep(1000);
    }
    expect(session.state).toBe("degraded");
    await sleep(1000);
    expect(session.state).toBe("expired");
    const dead = rejection(session.getToken());
    await sleep(30_000);
    expect(await dead).toMatchObject(DOWN);
    server.refreshFailure = undefined;
    await sleep(30_000);
    expect(await session.getToken()).not.toBe(token);
    expect(session.state).toBe("ready");
  });

  it("forceRefresh rejects although the token is valid, and the token stays", async () => {
    const server = new Server();
    const session = open(server);
    const token = await session.getToken();
    server.refreshFailure = DOWN;
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject(DOWN);
    expect(await session.getToken()).toBe(token);
  });

  it("minValidityMs of 35 s with 30 s left waits for the renewal", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    const token = await session.getToken();
    await sleep(569_000);
    const waiting = session.getToken({ minValidityMs: 35_000 });
    await sleep(100);
    expect(await waiting).not.toBe(token);
    expect(server.requests).toBe(1);
  });

  it("minValidityMs falls back to the valid token when the renewal fails, and while it is paused", async () => {
    const server = new Server();
    const session = open(server);
    const token = await session.getToken();
    server.refreshFailure = DOWN;
    await sleep(569_000);
    expect(await session.getToken({ minValidityMs: 35_000 })).toBe(token);
    for (let i = 0; i < 10; i++) expect(await session.getToken({ minValidityMs: 35_000 })).toBe(token);
    expect(server.requests).toBe(1);
  });

  it("minValidityMs gives no token that died while its renewal was waited for", async () => {
    const session = open(new Server(), { refresh: () => new Promise(() => {}) });
    await sleep(590_000);
    const waiting = rejection(session.getToken({ minValidityMs: 35_000 }));
    await sleep(15_000);
    expect(await waiting).toMatchObject({ code: "timeout" });
  });

  it("minValidityMs of exactly what the token has left asks for nothing, of a millisecond more renews", async () => {
    const server = new Server();
    const session = open(server);
    await sleep(1);
    const token = await session.getToken({ minValidityMs: 598_999 });
    await settle();
    expect(server.requests).toBe(0);
    const renewed = await session.getToken({ minValidityMs: 599_000 });
    expect(renewed).not.toBe(token);
    await sleep(1);
    expect(await session.getToken({ minValidityMs: 599_000 })).not.toBe(renewed);
  });

  it("a renewal for minValidityMs that failed is made again when the pause is over", async () => {
    const server = new Server();
    const session = open(server);
    const token = await session.getToken();
    server.refreshFailure = DOWN;
    await sleep(569_000);
    await session.getToken({ minValidityMs: 35_000 });
    server.refreshFailure = undefined;
    await sleep(1000);
    expect(await session.getToken({ minValidityMs: 35_000 })).not.toBe(token);
  });

  it("a started session makes a failed early renewal again after the backoff, and is ready again", async () => {
    const server = new Server();
    const session = open(server);
    session.start();
    await sleep(10_000);
    server.refreshFailure = DOWN;
    await session.getToken({ minValidityMs: 595_000 });
    expect(session.state).toBe("degraded");
    server.refreshFailure = undefined;
    await sleep(499);
    expect(server.refreshes).toEqual([10_000]);
    await sleep(1);
    expect(server.refreshes).toEqual([10_000, 10_500]);
    expect(session.state).toBe("ready");
  });

  it("minValidityMs beyond the lifetime: one request, the new token, no loop, not again", async () => {
    const server = new Server();
    const session = open(server);
    const token = await session.getToken();
    const renewed = await session.getToken({ minValidityMs: 700_000 });
    expect(renewed).not.toBe(token);
    expect(server.requests).toBe(1);
    for (let i = 0; i < 100; i++) {
      await sleep(1000);
      expect(await session.getToken({ minValidityMs: 700_000 })).toBe(renewed);
    }
    expect(server.requests).toBe(1);
    await sleep(380_000);
    await session.getToken();
    await settle();
    expect(server.refreshes).toEqual([0, 480_000]);
    expect(await session.getToken({ minValidityMs: 700_000 })).toBe(session.grant?.token);
    expect(server.requests).toBe(2);
  });

  it("minValidityMs beyond the lifetime: one request, also of callers who do not stay for it", async () => {
    const server = new Server();
    server.latencyMs = 3;
    const session = open(server);
    for (let i = 0; i < 10; i++) {
      const caller = new AbortController();
      session.getToken({ minValidityMs: 700_000, signal: caller.signal }).catch(() => {});
      await sleep(1);
      caller.abort();
      await sleep(5);
    }
    expect(server.requests).toBe(1);
  });

  it("minValidityMs goes on to hold after one renewal that brought less", async () => {
    const server = new Server();
    server.ttlSecs = 45;
    server.latencyMs = 12_000;
    const session = open(server);
    await sleep(20_000);
    const slow = session.getToken({ minValidityMs: 35_000 });
    await sleep(12_000);
    await slow;
    server.latencyMs = 0;
    await sleep(20_000);
    expect(await session.getToken({ minValidityMs: 35_000 })).not.toBe(await slow);
    expect(server.requests).toBe(2);
  });

  it.each([-1, Number.NaN])("minValidityMs %d is an invalid argument", async (minValidityMs) => {
    const error = await rejection(open(new Server()).getToken({ minValidityMs }));
    expect(error).toMatchObject({ code: "invalid_argument" });
    expect(String(error)).toContain("minValidityMs");
  });
});

describe("a hung request", () => {
  it("is given up after timeoutMs, and its late result is ignored", async () => {
    const server = new Server();
    server.latencyMs = 60_000;
    const session = open(server, { grant: undefined, create: server.create });
    const told = record(session);
    const waiting = rejection(session.getToken());
    await sleep(14_999);
    expect(server.signals[0]?.aborted).toBe(false);
    await sleep(1);
    expect(await waiting).toMatchObject({ code: "timeout", operation: "create", retryable: true });
    expect(server.signals[0]?.aborted).toBe(true);
    await sleep(45_000);
    expect(told.token).toEqual([]);
    expect(session.state).toBe("idle");
  });

  it("timeoutMs is the caller's to choose", async () => {
    const session = open(new Server(), { refresh: () => new Promise(() => {}), timeoutMs: 700 });
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await sleep(700);
    expect(await waiting).toMatchObject({ code: "timeout" });
  });
});

describe("a caller's signal", () => {
  it("ends the waiting of that caller alone, with its own reason, and not the request", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { grant: undefined, create: server.create });
    const caller = new AbortController();
    const reason = new Error("mine");
    const aborted = rejection(session.getToken({ signal: caller.signal }));
    const other = session.getToken();
    await sleep(50);
    caller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(server.signals[0]?.aborted).toBe(false);
    await sleep(50);
    expect(await other).toBe(session.grant?.token);
    expect(server.requests).toBe(1);
  });

  it("that is aborted already rejects without a request, even with a fresh token", async () => {
    const server = new Server();
    const signal = AbortSignal.abort("gone");
    const session = open(server, { create: server.create });
    expect(await rejection(session.getToken({ signal }))).toBe("gone");
    expect(await rejection(session.getToken({ signal, forceRefresh: true }))).toBe("gone");
    expect(server.requests).toBe(0);
  });

  it("that is aborted while minValidityMs is waited for rejects with its reason, not with the old token", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    const caller = new AbortController();
    const waiting = rejection(session.getToken({ minValidityMs: 700_000, signal: caller.signal }));
    await sleep(50);
    caller.abort("mine");
    expect(await waiting).toBe("mine");
  });

  it("that is aborted in the same turn, by a listener, rejects with its reason", async () => {
    const session = open(new Server());
    await sleep(600_000);
    const caller = new AbortController();
    session.on("state", () => caller.abort("mine"));
    expect(await rejection(session.getToken({ signal: caller.signal }))).toBe("mine");
  });

  it("is left again when the token comes, and when it is aborted itself", async () => {
    const server = new Server();
    server.latencyMs = 10;
    const session = open(server);
    const caller = new AbortController();
    const whole = session.getToken({ forceRefresh: true, signal: caller.signal });
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(1);
    await sleep(10);
    await whole;
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    const cut = rejection(session.getToken({ forceRefresh: true, signal: caller.signal }));
    caller.abort("mine");
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    expect(await cut).toBe("mine");
  });

  it("without a reason, as in React Native, rejects with an AbortError, before and while it waits", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { grant: undefined, create: server.create });
    const signal = Object.assign(new EventTarget(), { aborted: false }) as AbortSignal;
    const waiting = rejection(session.getToken({ signal }));
    Object.assign(signal, { aborted: true });
    signal.dispatchEvent(new Event("abort"));
    expect(await waiting).toMatchObject({ name: "AbortError" });
    expect(await rejection(session.getToken({ signal }))).toMatchObject({ name: "AbortError" });
  });

  it("an option in another spelling is an invalid argument", async () => {
    const options = { force_refresh: true } as object;
    expect(await rejection(open(new Server()).getToken(options))).toMatchObject({
      code: "invalid_argument",
      message: "options.force_refresh must be spelled forceRefresh",
    });
  });

  it("options that are no object are an invalid argument", async () => {
    expect(await rejection(open(new Server()).getToken(null as never))).toMatchObject({
      code: "invalid_argument",
      message: "options must be an object",
    });
  });

  it("that is none is an invalid argument", async () => {
    const signal = {} as AbortSignal;
    expect(await rejection(open(new Server()).getToken({ signal }))).toMatchObject({
      code: "invalid_argument",
    });
  });
});
