import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { DOWN, open, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("fresh, stale, dead", () => {
  it("a fresh token comes a thousand times without a request", async () => {
    const server = new Server();
    const session = open(server);
    const first = await session.getToken();
    for (let i = 0; i < 1000; i++) expect(await session.getToken()).toBe(first);
    expect(server.requests).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a stale token comes at once, and exactly one renewal goes on behind it", async () => {
    const server = new Server();
    server.latencyMs = 200;
    const session = open(server);
    const old = await session.getToken();
    await sleep(480_000);
    for (let i = 0; i < 10; i++) expect(await session.getToken()).toBe(old);
    expect(server.requests).toBe(1);
    await sleep(200);
    expect(await session.getToken()).not.toBe(old);
    expect(server.requests).toBe(1);
  });

  it("a dead token is waited for and never returned; death is one second before the computed end", async () => {
    const server = new Server();
    server.latencyMs = 200;
    const session = open(server);
    const old = await session.getToken();
    server.refreshFailure = DOWN;
    await sleep(598_999);
    expect(await session.getToken()).toBe(old);
    await sleep(1);
    expect(session.state).toBe("expired");
    server.refreshFailure = undefined;
    const other = open(server, { grant: { ...server.savedGrant(), receivedAt: Date.now() - 599_000 } });
    const dead = other.grant?.token;
    const waiting = other.getToken();
    let settled = false;
    waiting.then(() => {
      settled = true;
    });
    await sleep(199);
    expect(settled).toBe(false);
    await sleep(1);
    expect(await waiting).not.toBe(dead);
  });
});

describe("the margin", () => {
  it.each([
    [3600, 3480],
    [600, 480],
    [60, 45],
    [15, 10],
    [10, 5],
    [6, 3],
  ])("without jitter a token of %i s is renewed after %i s, not earlier", async (ttlSecs, dueSecs) => {
    const server = new Server();
    server.ttlSecs = ttlSecs;
    server.refreshTtlSecs = 86_400;
    open(server).start();
    await sleep(dueSecs * 1000 - 100);
    expect(server.refreshes).toEqual([]);
    await sleep(100);
    expect(server.refreshes).toEqual([dueSecs * 1000]);
  });

  it("with jitter 0.999 a token of 600 s is renewed between 450 and 451 s", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    const server = new Server();
    open(server).start();
    await sleep(600_000);
    expect(server.refreshes[0]).toBeGreaterThan(450_000);
    expect(server.refreshes[0]).toBeLessThan(451_000);
  });

  it("the next renewal is counted from the moment that its own request was sent", async () => {
    const server = new Server();
    server.latencyMs = 3000;
    open(server).start();
    await sleep(480_000);
    await sleep(480_000 - 100);
    expect(server.refreshes).toEqual([480_000]);
    await sleep(100);
    expect(server.refreshes).toEqual([480_000, 960_000]);
  });

  it("the jitter is drawn anew for each token", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValueOnce(0.5).mockReturnValueOnce(0.25);
    const server = new Server();
    open(server).start();
    await sleep(1_000_000);
    expect(server.refreshes).toEqual([465_000, 465_000 + 472_500]);
    expect(random).toHaveBeenCalledTimes(3);
  });

  it("for any lifetime every delay is a finite number from 0 to 30 s, with one timer at a time", async () => {
    const ttl = fc.integer({ min: 1, max: 5_000_000 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(ttl, random, async (ttlSecs, drawn) => {
        vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
        vi.spyOn(Math, "random").mockReturnValue(drawn);
        const server = new Server();
        server.ttlSecs = ttlSecs;
        server.refreshTtlSecs = 10_000_000;
        const delays = vi.spyOn(globalThis, "setTimeout");
        const session = open(server);
        session.start();
        for (let i = 0; i < 20; i++) {
          expect(vi.getTimerCount()).toBe(1);
          await vi.advanceTimersToNextTimerAsync();
        }
        const withinAttempt = 15_000; // the deadline of an attempt is a timer of its own
        for (const [, delay] of delays.mock.calls) {
          expect(delay).toSatisfy((ms: number) => ms === withinAttempt || (ms >= 0 && ms <= 30_000));
        }
        session.close();
        expect(vi.getTimerCount()).toBe(0);
        delays.mockRestore();
      }),
      { numRuns: 100 },
    );
  });

  it("after a hundred renewals there is exactly one timer", async () => {
    const server = new Server();
    server.ttlSecs = 10;
    server.refreshTtlSecs = 86_400;
    open(server).start();
    await sleep(100 * 5000);
    expect(server.refreshes).toHaveLength(100);
    expect(vi.getTimerCount()).toBe(1);
  });
});
