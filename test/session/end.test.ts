import { describe, expect, it } from "vitest";
import {
  DOWN,
  NOON,
  open,
  REFUSED,
  record,
  rejection,
  Server,
  sleep,
  stepWallClock,
  useFakeTime,
} from "./support.ts";

useFakeTime();
const HOUR = 3_600_000;

describe("only the server ends a session", () => {
  it("while create is down, a session whose clock was set past the refresh token's end still tries that token", async () => {
    const server = new Server();
    server.createFailure = DOWN;
    const session = open(server, { create: server.create });
    session.start();
    await sleep(60_000);
    stepWallClock(2 * HOUR);
    await sleep(60_000);
    expect(session.state).toBe("ready");
    expect([server.creates.length, server.refreshes.length]).toEqual([1, 1]);
  });

  it("without create the refresh token is tried past its computed end, and a success goes on", async () => {
    const server = new Server();
    server.refreshTtlSecs = 500;
    const session = open(server);
    await sleep(1_000_000);
    const token = await session.getToken();
    expect(server.refreshes).toEqual([1_000_000]);
    expect(session).toMatchObject({ state: "ready", grant: { token } });
  });

  it("without create a transient failure past the end is tried on and on; a refusal too, slowly", async () => {
    const server = new Server();
    server.refreshTtlSecs = 60;
    const session = open(server);
    await sleep(1_000_000);
    server.refreshFailure = DOWN;
    session.start();
    await sleep(HOUR);
    expect(session.state).toBe("expired");
    expect(server.requests).toBeGreaterThan(100);
    server.refreshFailure = REFUSED;
    await sleep(30_000);
    expect(session.state).toBe("failed");
    expect(await rejection(session.getToken())).toMatchObject({
      code: "session_expired",
      status: 403,
      cause: { code: "forbidden" },
    });
    const before = server.requests;
    await sleep(HOUR);
    expect(server.requests - before).toBeGreaterThanOrEqual(10);
    expect(server.requests - before).toBeLessThanOrEqual(20);
    server.refreshFailure = undefined;
    await sleep(360_000);
    expect(session.state).toBe("ready");
  });

  it.each([
    ["an hour", 3600, 3_570_000],
    ["two minutes", 120, 90_000],
    ["under two minutes", 119, 114_000],
    ["one minute", 60, 55_000],
  ])(
    "without create a refresh token that lives %s (%i s) renews for the last time after %i ms",
    async (_, secs, lastAt) => {
      const server = new Server();
      server.refreshTtlSecs = secs;
      const session = open(server);
      const told = record(session);
      session.start();
      await sleep(lastAt - 100);
      expect(told.expiring).toEqual([]);
      const before = server.refreshes.length;
      await sleep(100);
      expect(server.refreshes.at(-1)).toBe(lastAt);
      expect(server.refreshes).toHaveLength(before + 1);
      expect(told.expiring).toEqual([{ at: new Date(NOON + lastAt + 600_000) }]);
    },
  );

  it("a refresh token's reserve does not shrink with the life it has left", async () => {
    const server = new Server();
    server.ttlSecs = 60;
    server.refreshTtlSecs = 200;
    open(server).start();
    await sleep(190_000);
    expect(server.refreshes).toEqual([45_000, 90_000, 135_000, 170_000]);
  });

  it("expiring is told once, and the session lives until the last token ends", async () => {
    const server = new Server();
    const session = open(server);
    const told = record(session);
    session.start();
    await sleep(3_580_000);
    await session.getToken({ forceRefresh: true });
    await sleep(20_000);
    server.refreshFailure = REFUSED;
    await sleep(579_000 - 1);
    expect(session.state).toBe("degraded");
    expect(await session.getToken()).toBe(session.grant?.token);
    await sleep(1);
    expect(session.state).toBe("failed");
    expect(told.expiring).toHaveLength(1);
  });

  it("a session with create tells no expiring", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    const told = record(session);
    session.start();
    await sleep(3 * HOUR);
    expect(told.expiring).toEqual([]);
    expect(session.state).toBe("ready");
  });

  it("a session with create tells no expiring, even when its refresh token renews for the last time", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    const told = record(session);
    await sleep(3_580_000);
    await session.getToken();
    expect([server.creates, server.refreshes]).toEqual([[], [3_580_000]]);
    expect(told.expiring).toEqual([]);
  });

  it("a renewal after the clock was set forward is not taken for the last one", async () => {
    const server = new Server();
    const session = open(server);
    const told = record(session);
    session.start();
    await sleep(1000);
    stepWallClock(HOUR);
    server.aheadMs = -HOUR;
    await sleep(30_000);
    expect(server.requests).toBe(1);
    expect(told.expiring).toEqual([]);
    await sleep(3_000_000);
    expect(session.state).toBe("ready");
    expect(told.expiring).toEqual([]);
    await sleep(600_000);
    expect(told.expiring).toHaveLength(1);
    const real = Number(server.refreshes.at(-1)) - HOUR;
    expect(real).toBeGreaterThan(3_560_000);
    expect(real).toBeLessThan(3_600_000);
  });

  it.each([
    ["before", "forbidden", 3600],
    ["past", "session_expired", 300],
  ])("a refresh that is refused %s the refresh token's end, without a valid token, is %s", async (...row) => {
    const [, code, refreshTtlSecs] = row;
    const server = new Server();
    server.refreshTtlSecs = refreshTtlSecs;
    server.refreshFailure = REFUSED;
    const session = open(server);
    const told = record(session);
    await sleep(600_000);
    expect(await rejection(session.getToken())).toMatchObject({ code, status: 403, retryable: false });
    expect(told.error).toMatchObject([{ error: { code } }]);
    expect(told.state).toEqual([
      { state: "expired", previous: "ready" },
      { state: "failed", previous: "expired" },
    ]);
    expect(await rejection(session.getToken())).toMatchObject({ code, retryAfterMs: 30_000 });
    expect(session.state).toBe("failed");
    expect(server.requests).toBe(1);
  });

  it("with create a refusal is never session_expired", async () => {
    const server = new Server();
    server.refreshTtlSecs = 300;
    server.refreshFailure = REFUSED;
    server.createFailure = REFUSED;
    const session = open(server, { create: server.create });
    await sleep(600_000);
    expect(await rejection(session.getToken())).toMatchObject({ code: "forbidden" });
  });
});
