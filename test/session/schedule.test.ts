import { describe, expect, it, vi } from "vitest";
import { open, openReady, responseOf, Server, sleep, useFakeTime, useRandom } from "./support.ts";

useFakeTime();

describe("when a token is renewed", () => {
  it.each([
    [10, 5],
    [15, 10],
    [60, 45],
    [600, 480],
    [3600, 3480],
  ])("one that lives %i s is renewed %i s after its request was sent", async (ttlSecs, dueSecs) => {
    const server = new Server();
    server.ttlSecs = ttlSecs;
    open(server).start();
    await sleep(dueSecs * 1000 - 100);
    expect(server.times).toEqual([0]);
    await sleep(100);
    expect(server.times).toEqual([0, dueSecs * 1000]);
  });

  it("it is up to a tenth of its life earlier at random, at most 30 s", async () => {
    useRandom(0.999);
    const server = new Server();
    open(server).start();
    await sleep(600_000);
    expect(server.times[1]).toBeGreaterThan(450_000);
    expect(server.times[1]).toBeLessThan(451_000);
    const short = new Server();
    short.ttlSecs = 60;
    open(short).start();
    await sleep(45_000);
    expect(Number(short.times[1]) - Number(short.times[0])).toBe(39_006);
  });

  it("the moment is drawn once for each token", async () => {
    const server = new Server();
    useRandom(0.5);
    const session = open(server);
    session.start();
    await sleep(1000);
    useRandom(0);
    await session.getToken();
    await sleep(463_999);
    expect(server.count).toBe(1);
    await sleep(1);
    expect(server.count).toBe(2);
    await sleep(479_999);
    expect(server.count).toBe(2);
    await sleep(1);
    expect(server.count).toBe(3);
  });

  it("the life counts from the sending of the request, not from its arrival", async () => {
    const server = new Server();
    server.ttlSecs = 10;
    server.latencyMs = 3000;
    const session = open(server);
    session.start();
    await sleep(4999);
    expect(server.count).toBe(1);
    await sleep(1);
    expect(server.count).toBe(2);
    session.stop();
    await sleep(3999);
    expect(session.tokenValidForMs).toBe(10_000 - 1000 - 3999);
  });

  it("a back end whose tokens live for a moment is not asked more than once a second", async () => {
    const server = new Server();
    server.aheadMs = -598_500; // the tokens of its cache were created then
    server.always = () => responseOf(200, server.token(), { date: new Date(Date.now()).toUTCString() });
    open(server).start();
    await sleep(10_000);
    expect(server.count).toBeGreaterThan(5);
    expect(server.count).toBeLessThanOrEqual(11);
  });
});

describe("getToken()", () => {
  it("a fresh token comes at once, a thousand times, without a request or a timer", async () => {
    const server = new Server();
    const session = open(server);
    const token = await session.getToken();
    session.start();
    const setTimeout = vi.spyOn(globalThis, "setTimeout");
    for (let i = 0; i < 1000; i++) expect(await session.getToken()).toBe(token);
    expect(server.count).toBe(1);
    expect(setTimeout).not.toHaveBeenCalled();
  });

  it("a token that is due comes at once, and exactly one request renews it", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    server.latencyMs = 100;
    await sleep(480_000);
    for (let i = 0; i < 10; i++) expect(await session.getToken()).toBe(token);
    expect(server.count).toBe(2);
    await sleep(100);
    expect(await session.getToken()).not.toBe(token);
    expect(server.count).toBe(2);
  });

  it("a token counts as expired one second before its end; then a caller waits for the new one", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    server.latencyMs = 100;
    await sleep(598_999);
    expect(session.tokenValidForMs).toBe(1);
    expect(await session.getToken()).toBe(token);
    await sleep(1);
    const first = session.getToken();
    await sleep(99);
    const renewed = await first;
    expect(renewed).not.toBe(token);
    await sleep(700_000);
    expect(session.tokenValidForMs).toBe(0);
    const waiting = session.getToken();
    await sleep(100);
    expect(await waiting).not.toBe(renewed);
    expect(server.count).toBe(3);
  });

  it("fifty callers of an empty session share one create", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    const all = Promise.all(Array.from({ length: 50 }, () => session.getToken()));
    await sleep(100);
    expect(new Set(await all).size).toBe(1);
    expect(server.operations).toBe("c");
  });

  it("fifty callers of a renewal that fails share its error, and its one request", async () => {
    const server = new Server();
    server.always = { status: 500 };
    const session = open(server);
    const errors = await Promise.all(Array.from({ length: 50 }, () => session.getToken().catch((e) => e)));
    expect(new Set(errors).size).toBe(1);
    expect(errors[0]).toMatchObject({ code: "server_error", status: 500 });
    expect(server.operations).toBe("c");
  });

  it("fifty callers with an expired token, a refused refresh and a create that works: one of each, fifty tokens", async () => {
    const server = new Server();
    const session = await openReady(server);
    server.latencyMs = 100;
    await sleep(600_000);
    server.next.push({ status: 403 });
    const all = Promise.all(Array.from({ length: 50 }, () => session.getToken()));
    await sleep(200);
    expect(new Set(await all).size).toBe(1);
    expect(server.operations).toBe("crc");
  });
});

describe("minValidityMs", () => {
  it("0 is that of any valid token", async () => {
    const session = await openReady(new Server());
    expect(await session.getToken({ minValidityMs: 0 })).toBe(session.getSnapshot().token);
  });

  it("no value makes an expired token serve", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    await sleep(600_000);
    expect(await session.getToken({ minValidityMs: Number.POSITIVE_INFINITY })).not.toBe(token);
  });

  it("a token that is valid for long enough comes at once; else a renewal is waited for", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    await sleep(100_000);
    expect(await session.getToken({ minValidityMs: 499_000 })).toBe(token);
    expect(server.count).toBe(1);
    expect(await session.getToken({ minValidityMs: 499_001 })).not.toBe(token);
    expect(server.count).toBe(2);
  });

  it("a value above what the newest token had left when it arrived is served by that token", async () => {
    const server = new Server();
    const session = await openReady(server);
    for (let i = 0; i < 20; i++) {
      await sleep(1000);
      await session.getToken({ minValidityMs: 599_001 });
      await session.getToken({ minValidityMs: Number.POSITIVE_INFINITY });
    }
    expect(server.count).toBe(1);
    await session.getToken({ minValidityMs: 599_000 });
    expect(server.count).toBe(2);
  });

  it("what a slow request has used up is not left of a token", async () => {
    const server = new Server();
    server.latencyMs = 5000;
    const session = open(server);
    session.getToken();
    await sleep(6000);
    await session.getToken({ minValidityMs: 594_001 });
    expect(server.count).toBe(1);
  });

  it("if the renewal for it fails, the token that is still valid comes, and in the pause after it at once", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    await sleep(100_000);
    server.always = { status: 500 };
    expect(await session.getToken({ minValidityMs: 550_000 })).toBe(token);
    expect(await session.getToken({ minValidityMs: 550_000 })).toBe(token);
    expect(server.count).toBe(2);
  });

  it("within a second after a request it brings no other one", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    await sleep(999);
    expect(await session.getToken({ minValidityMs: 599_000 })).toBe(token);
    expect(server.count).toBe(1);
    await sleep(1);
    expect(await session.getToken({ minValidityMs: 599_000 })).not.toBe(token);
  });
});
