import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { backoffMs } from "../../src/session/backoff.ts";
import {
  DOWN,
  open,
  pauses,
  record,
  rejection,
  Server,
  settle,
  sleep,
  useFakeTime,
  withRenewalUnderWay,
} from "./support.ts";

useFakeTime();

describe("backing off", () => {
  it("after a 500 the token is kept, and one retry follows after half a second, announced by willRetry", async () => {
    const server = new Server();
    const session = open(server);
    const told = record(session);
    server.refreshFailure = { status: 500 };
    session.start();
    await sleep(480_000);
    expect(told.error).toMatchObject([
      { error: { code: "server_error" }, willRetry: true, retryInMs: 500, tokenValidForMs: 119_000 },
    ]);
    expect(session.state).toBe("degraded");
    server.refreshFailure = undefined;
    await sleep(499);
    expect(server.requests).toBe(1);
    await sleep(1);
    expect(server.requests).toBe(2);
    expect(session.state).toBe("ready");
    expect(told.error).toHaveLength(1);
  });

  it.each([
    [0, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
    [0.999999, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
  ])("network failures in a row, random %d: the pauses double up to 30 s", async (drawn, expected) => {
    const server = new Server();
    server.createFailure = new TypeError("Failed to fetch");
    const session = open(server, { grant: undefined, create: server.create });
    vi.spyOn(Math, "random").mockReturnValue(drawn);
    session.start();
    await sleep(180_000);
    expect(pauses(server.creates).slice(0, 7)).toEqual(expected);
  });

  it("a success makes the next failure start again from the shortest pause", async () => {
    const server = new Server();
    server.createFailure = DOWN;
    const session = open(server, { grant: undefined, create: server.create });
    session.start();
    await sleep(5000);
    server.createFailure = undefined;
    await sleep(5000);
    expect(session.state).toBe("ready");
    server.refreshFailure = DOWN;
    const renewal = Number(server.creates.at(-1)) + 480_000;
    await sleep(480_000);
    expect(server.refreshes.slice(0, 2)).toEqual([renewal, renewal + 500]);
  });

  it("what the server asks for is waited out when it is longer than the own pause, up to 300 s", async () => {
    for (const [retryAfterMs, pauseMs] of [
      [7000, 7000],
      [100, 500],
      [1_000_000, 300_000],
      [Number.NaN, 500],
      [Number.POSITIVE_INFINITY, 500],
      [-5, 500],
      ["7000", 500],
    ]) {
      const server = new Server();
      server.createFailure = { status: 429, retryAfterMs };
      const session = open(server, { grant: undefined, create: server.create });
      session.start();
      await sleep(400_000);
      expect(pauses(server.creates)[0]).toBe(pauseMs);
      session.close();
    }
  });

  it("for any number of failures and any wish of the server the pause is from 0.5 s to 300 s", () => {
    const wish = fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.nat(10_000),
        wish,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, askedMs, drawn) => {
          vi.spyOn(Math, "random").mockReturnValue(drawn);
          const pause = backoffMs(failures, askedMs);
          expect(pause).toBeGreaterThanOrEqual(Math.min(500 * 2 ** failures, 15_000));
          expect(pause).toBeLessThanOrEqual(300_000);
          if (askedMs === undefined) expect(pause).toBeLessThanOrEqual(30_000);
        },
      ),
    );
  });

  it("while an attempt is scheduled nobody starts another; who has no token joins it and gets its result", async () => {
    const server = new Server();
    server.createFailure = DOWN;
    const session = open(server, { grant: undefined, create: server.create });
    await rejection(session.getToken());
    await sleep(100);
    const waiting = [session.getToken(), session.getToken({ forceRefresh: true }), session.getToken()];
    expect(vi.getTimerCount()).toBe(1);
    server.createFailure = undefined;
    await sleep(399);
    expect(server.creates).toEqual([0]);
    await sleep(1);
    expect(new Set(await Promise.all(waiting)).size).toBe(1);
    expect(server.creates).toEqual([0, 500]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("when the next attempt is more than timeoutMs away, getToken rejects at once and says when it is", async () => {
    const server = new Server();
    server.createFailure = { status: 503, retryAfterMs: 60_000 };
    const session = open(server, { grant: undefined, create: server.create });
    const first = await rejection(session.getToken());
    await sleep(10_000);
    const second = await rejection(session.getToken());
    expect(second).toMatchObject({
      code: "server_error",
      status: 503,
      retryAfterMs: 50_000,
      operation: "create",
    });
    expect((second as Error).message).toBe((first as Error).message);
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({ retryAfterMs: 50_000 });
    expect(server.requests).toBe(1);
    await sleep(50_000);
    server.createFailure = undefined;
    expect(await session.getToken()).toBe(session.grant?.token);
  });

  it("a next attempt that is exactly timeoutMs away is waited for", async () => {
    const server = new Server();
    server.createFailure = { status: 503, retryAfterMs: 15_000 };
    const session = open(server, { grant: undefined, create: server.create });
    await rejection(session.getToken());
    const waiting = session.getToken();
    server.createFailure = undefined;
    await sleep(15_000);
    expect(await waiting).toBe(session.grant?.token);
  });

  it.each([3600, 600])(
    "a forced refresh that fails in passing is made again, however fresh its token (%i s)",
    async (ttlSecs) => {
      const server = new Server();
      server.ttlSecs = ttlSecs;
      server.refreshFailure = DOWN;
      const session = open(server);
      const suspected = await session.getToken();
      session.start();
      await sleep(10_000);
      await rejection(session.getToken({ forceRefresh: true }));
      server.refreshFailure = undefined;
      await sleep(500);
      expect(server.refreshes).toEqual([10_000, 10_500]);
      expect(session.state).toBe("ready");
      expect(await session.getToken()).not.toBe(suspected);
      await sleep(60_000);
      expect(server.requests).toBe(2);
    },
  );

  it("a forced refresh that failed is made again by the next getToken of a session that is not started", async () => {
    const server = new Server();
    server.refreshFailure = DOWN;
    const session = open(server);
    const suspected = await session.getToken();
    await rejection(session.getToken({ forceRefresh: true }));
    server.refreshFailure = undefined;
    await sleep(500);
    expect(await session.getToken()).toBe(suspected);
    await settle();
    expect(await session.getToken()).not.toBe(suspected);
    expect(server.refreshes).toEqual([0, 500]);
  });

  it("while the token is valid, getToken renews again as soon as the pause is over", async () => {
    const server = new Server();
    server.refreshFailure = DOWN;
    const session = open(server);
    await sleep(480_000);
    await session.getToken();
    await settle();
    await sleep(499);
    await session.getToken();
    expect(server.refreshes).toEqual([480_000]);
    await sleep(1);
    await session.getToken();
    await settle();
    expect(server.refreshes).toEqual([480_000, 480_500]);
  });

  it.each([500, 15_000])(
    "a forced refresh waits through a failed older renewal and its pause of %i ms",
    async (pauseMs) => {
      const { server, session } = await withRenewalUnderWay();
      const forced = session.getToken({ forceRefresh: true });
      server.refreshFailure = { status: 503, retryAfterMs: pauseMs };
      await sleep(50);
      server.refreshFailure = undefined;
      await sleep(pauseMs + 100);
      expect(await forced).toBe(session.grant?.token);
      expect(server.refreshes).toEqual([480_000, 480_100 + pauseMs]);
    },
  );

  it("a forced refresh that waited for an older renewal is rejected when that one brings a long pause", async () => {
    const { server, session } = await withRenewalUnderWay();
    const forced = rejection(session.getToken({ forceRefresh: true }));
    server.refreshFailure = { status: 503, retryAfterMs: 60_000 };
    await sleep(50);
    expect(await forced).toMatchObject({ status: 503, retryAfterMs: 60_000 });
    expect(server.requests).toBe(1);
  });
});
