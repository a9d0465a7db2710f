import { describe, expect, it } from "vitest";
import { DOWN, NOON, open, Server, settle, sleep, stepWallClock, useFakeTime } from "./support.ts";

useFakeTime();
const HOUR = 3_600_000;

describe("a grant that was kept for a while", () => {
  it("a saved token whose stated end is the moment of its receipt lives for Telnyx's default of 600 s", async () => {
    const server = new Server();
    server.opaque = true;
    const grant = { ...server.savedGrant(), tokenExpiresAt: new Date(NOON) };
    const session = open(server, { grant });
    await sleep(598_999);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it.each([0, 2 * HOUR, -2 * HOUR])(
    "a stored grant goes on where it was, with the server's clock %i ms away",
    async (aheadMs) => {
      const server = new Server();
      server.aheadMs = aheadMs;
      const first = open(server, { grant: undefined, create: server.create });
      const token = await first.getToken();
      const stored = JSON.stringify(first.grant);
      await sleep(300_000);
      const second = open(server, { grant: JSON.parse(stored) });
      second.start();
      expect(await second.getToken()).toBe(token);
      await sleep(179_900);
      expect(server.refreshes).toEqual([]);
      await sleep(100);
      expect(server.refreshes).toEqual([480_000]);
    },
  );

  it("a grant stored after the wall clock was set keeps its age", async () => {
    const server = new Server();
    const first = open(server);
    await sleep(100_000);
    stepWallClock(-HOUR);
    const grant = first.grant;
    expect(grant?.receivedAt).toBe(Date.now() - 100_000);
    const second = open(server, { grant });
    await sleep(498_999);
    expect(second.state).toBe("ready");
    await sleep(1);
    expect(second.state).toBe("expired");
  });

  it("a grant without receivedAt is stale at best: its token is given, and renewed at once", async () => {
    const server = new Server();
    const grant = server.grant();
    const session = open(server, { grant });
    expect(await session.getToken()).toBe(grant.token);
    await settle();
    expect(server.refreshes).toEqual([0]);
    expect(await session.getToken()).not.toBe(grant.token);
    expect(server.requests).toBe(1);
  });

  it.each([
    ["an hour fast: it is dead by the local clock", HOUR, 0],
    ["an hour slow: it lives no longer than its own claims say", -HOUR, 599_000],
    ["right: it ends when it says", 0, 599_000],
  ])("a grant without receivedAt, with the local clock %s", async (_, localAheadMs, deadAtMs) => {
    const server = new Server();
    server.aheadMs = -localAheadMs;
    server.refreshFailure = DOWN;
    const session = open(server, { grant: server.grant() });
    if (deadAtMs > 0) {
      await sleep(deadAtMs - 1);
      expect(session.state).toBe("ready");
      await sleep(1);
    }
    expect(session.state).toBe("expired");
  });

  it("a grant without receivedAt whose token is no JWT lives as long as it says", async () => {
    const server = new Server();
    server.opaque = true;
    server.ttlSecs = 3600;
    server.refreshFailure = DOWN;
    const session = open(server, { grant: server.grant() });
    await sleep(3_598_999);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it("a grant received in the future counts as one without receivedAt", async () => {
    const server = new Server();
    const session = open(server, { grant: { ...server.grant(), receivedAt: NOON + HOUR } });
    await session.getToken();
    await settle();
    expect(server.refreshes).toEqual([0]);
  });

  it("a grant saved while its age was not known has no receivedAt, and is stale at best again", async () => {
    const server = new Server();
    server.aheadMs = HOUR;
    const grant = server.grant();
    await sleep(300_000);
    const first = open(server, { grant });
    expect(first.grant).not.toHaveProperty("receivedAt");
    const second = open(server, { grant: first.grant });
    await sleep(400_000);
    await second.getToken();
    await settle();
    expect(server.refreshes).toEqual([700_000]);
    expect(await second.getToken()).not.toBe(grant.token);
    expect(second.grant?.receivedAt).toBe(NOON + 700_000);
  });

  it("a grant that create kept for a while is as old as it says", async () => {
    const server = new Server();
    const kept = server.savedGrant();
    await sleep(500_000);
    const session = open(server, { grant: undefined, create: async () => kept });
    expect(await session.getToken()).toBe(kept.token);
    expect(session.grant?.receivedAt).toBe(NOON);
    await sleep(98_999);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it.each([NOON + HOUR, Number.NaN, Number.NEGATIVE_INFINITY, "then" as never, null as never])(
    "a receivedAt of %s from create says nothing: the token is as old as its request",
    async (receivedAt) => {
      const server = new Server();
      const create = async () => ({ ...server.grant(), receivedAt });
      const session = open(server, { grant: undefined, create });
      await session.getToken();
      expect(session.grant?.receivedAt).toBe(NOON);
    },
  );

  it.each([
    ["shorter than the TTL given", 60, 0, 60, 600],
    ["longer than the TTL given", 600, 0, 3600, 600],
    ["impossible, for the clock is fast", 600, HOUR, 60, 600],
    ["possible, with no TTL given", 3600, 0, 3600, undefined],
    ["impossible, with no TTL given", 600, HOUR, 60, undefined],
  ])("a saved token that is no JWT, its stated life %s, lives %i s", async (...row) => {
    const [, lifeSecs, localAheadMs, ttlSecs, tokenTtlSecs] = row;
    const server = new Server();
    server.opaque = true;
    server.ttlSecs = ttlSecs;
    server.aheadMs = -localAheadMs;
    const session = open(server, { tokenTtlSecs });
    await sleep(lifeSecs * 1000 - 1001);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it("a given token whose end was only guessed too late is replaced by the first answer", async () => {
    const server = new Server();
    server.opaque = true;
    const grant = { ...server.grant(), tokenExpiresAt: new Date(NOON + 2 * HOUR) };
    const session = open(server, { grant });
    session.start();
    await settle();
    expect(await session.getToken()).not.toBe(grant.token);
    expect(session.state).toBe("ready");
  });
});
