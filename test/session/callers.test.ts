import { describe, expect, it, vi } from "vitest";
import { isRoomTokenError } from "../../src/session/index.ts";
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
    "a refresh that gives the same token of %i s again does not extend it, and is made few times",
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

  it("a refresh that gives the same token again draws no new jitter", async () => {
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

  it("is given up after the timeoutMs that the session was given", async () => {
    const session = open(new Server(), { refresh: () => new Promise(() => {}), timeoutMs: 700 });
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await sleep(700);
    expect(await waiting).toMatchObject({ code: "timeout" });
  });
});
