import { describe, expect, it } from "vitest";
import { DOWN, open, rejection, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

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
});
