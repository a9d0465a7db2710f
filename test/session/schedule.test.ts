import { describe, expect, it, vi } from "vitest";
import type { RoomTokenSession } from "../../src/session/index.ts";
import {
  DOWN,
  REFUSED,
  setUp,
  setUpReady,
  setUpStarted,
  sleep,
  track,
  useFakeTime,
  useRandom,
} from "./support.ts";

useFakeTime();

describe("when a token is renewed", () => {
  it.each([
    [4, 0, 2000],
    [10, 0, 5000],
    [15, 0, 10_000],
    [60, 0, 45_000],
    [60, 0.999, 39_006],
    [600, 0, 480_000],
    [600, 0.999, 450_030],
    [3600, 0, 3_480_000],
    [3600, 0.999, 3_450_030],
  ])(
    "one that lives %i s, with a random %d, is renewed %i ms after its request was sent",
    async (ttlSecs, random, dueMs) => {
      useRandom(random);
      const { server } = await setUpStarted({ ttlSecs });
      await sleep(dueMs);
      expect(server.times).toEqual([0, dueMs]);
    },
  );

  it("the moment is drawn once for each token", async () => {
    useRandom(0.5);
    const { server, session } = await setUpStarted();
    await sleep(1000);
    useRandom(0);
    await session.getToken();
    await sleep(944_000);
    expect(server.times).toEqual([0, 465_000, 945_000]);
  });

  it("the life counts from the sending of the request, not from its arrival", async () => {
    const { server, session } = await setUpStarted({ ttlSecs: 10, latencyMs: 3000 });
    await sleep(5000);
    expect(server.times).toEqual([0, 5000]);
    session.stop();
    await sleep(4000);
    expect(session.tokenValidForMs).toBe(10_000 - 1000 - 4000);
  });

  it("a back end whose tokens live for a moment is not asked more than once a second", async () => {
    const { server } = await setUpStarted({ isOpaque: true, ttlSecs: 1.5 });
    await sleep(5000);
    expect(server.times).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  });
});

describe("getToken()", () => {
  it("a fresh token comes at once, a thousand times, without a request or a timer", async () => {
    const { server, session, token } = await setUpReady();
    session.start();
    const setTimeout = vi.spyOn(globalThis, "setTimeout");
    for (let i = 0; i < 1000; i++) expect(await session.getToken()).toBe(token);
    expect(server.count).toBe(1);
    expect(setTimeout).not.toHaveBeenCalled();
  });

  it("a token that is due comes at once, and exactly one request renews it", async () => {
    const { server, session, token } = await setUpReady();
    server.latencyMs = 100;
    await sleep(480_000);
    for (let i = 0; i < 10; i++) expect(await session.getToken()).toBe(token);
    await sleep(100);
    expect(await session.getToken()).not.toBe(token);
    expect(server.times).toEqual([0, 480_000]);
  });

  it("a token counts as expired one second before its end; then a caller waits for the new one", async () => {
    const { server, session, token } = await setUpReady();
    server.latencyMs = 100;
    await sleep(598_999);
    expect(session.tokenValidForMs).toBe(1);
    expect(await session.getToken()).toBe(token);
    await sleep(1);
    const waiting = track(session.getToken());
    await sleep(99);
    expect(waiting).toEqual({ value: session.getSnapshot().token, settledAt: 599_099 });
    expect(waiting.value).not.toBe(token);
    await sleep(700_000);
    expect(session.tokenValidForMs).toBe(0);
  });

  /** What fifty calls resolve to, or reject with, within that time: one thing for all. */
  async function callFiftyTimes(session: RoomTokenSession, withinMs: number): Promise<unknown> {
    const calls = Array.from({ length: 50 }, () => session.getToken().catch((error: unknown) => error));
    await sleep(withinMs);
    const results = [...new Set(await Promise.all(calls))];
    expect(results).toHaveLength(1);
    return results[0];
  }

  it("fifty callers share one request, its error or its token", async () => {
    const { server, session } = setUp({ latencyMs: 100, next: [DOWN] });
    expect(await callFiftyTimes(session, 100)).toMatchObject({ code: "server_error", status: 503 });
    expect(await callFiftyTimes(session, 600)).toBe(session.getSnapshot().token);
    expect(server.operations).toBe("cc");
  });

  it("fifty callers with an expired token share a refused refresh and the create that follows it", async () => {
    const { server, session } = await setUpReady();
    Object.assign(server, { latencyMs: 100, next: [REFUSED] });
    await sleep(600_000);
    expect(await callFiftyTimes(session, 200)).toBe(session.getSnapshot().token);
    expect(server.operations).toBe("crc");
  });
});

describe("minValidityMs", () => {
  it("a token that is valid for long enough comes at once; else a renewal is waited for", async () => {
    const { server, session, token } = await setUpReady();
    await sleep(100_000);
    expect(await session.getToken({ minValidityMs: 499_000 })).toBe(token);
    expect(server.count).toBe(1);
    expect(await session.getToken({ minValidityMs: 499_001 })).not.toBe(token);
    expect(server.count).toBe(2);
  });

  it("a value above what the newest token had left when it arrived is served by that token, while it is valid", async () => {
    const { server, session, token } = await setUpReady();
    for (let i = 0; i < 20; i++) {
      await sleep(1000);
      await session.getToken({ minValidityMs: 599_001 });
      await session.getToken({ minValidityMs: Infinity });
    }
    expect(server.count).toBe(1);
    await session.getToken({ minValidityMs: 599_000 });
    expect(server.count).toBe(2);
    await sleep(600_000);
    expect(await session.getToken({ minValidityMs: Infinity })).not.toBe(token);
    expect(server.count).toBe(3);
  });

  it("what a slow request has used up is not left of a token", async () => {
    const { server, session } = await setUpStarted({ latencyMs: 5000 });
    await sleep(6000);
    await session.getToken({ minValidityMs: 594_001 });
    expect(server.count).toBe(1);
  });

  it("if the renewal for it fails, the token that is still valid comes, and in the pause after it at once", async () => {
    const { server, session, token } = await setUpReady();
    await sleep(100_000);
    server.always = DOWN;
    expect(await session.getToken({ minValidityMs: 550_000 })).toBe(token);
    expect(await session.getToken({ minValidityMs: 550_000 })).toBe(token);
    expect(server.count).toBe(2);
  });

  it("within a second after a request it brings no other one", async () => {
    const { server, session, token } = await setUpReady();
    await sleep(999);
    expect(await session.getToken({ minValidityMs: 599_000 })).toBe(token);
    expect(server.count).toBe(1);
    await sleep(1);
    expect(await session.getToken({ minValidityMs: 599_000 })).not.toBe(token);
  });
});
