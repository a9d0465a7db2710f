import { describe, expect, it } from "vitest";
import { jwt, NOON, open, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();
const HOUR = 3_600_000;

describe("a lifetime does not trust the local clock", () => {
  it.each([-2 * HOUR, -HOUR, HOUR, 2 * HOUR])(
    "a server whose clock is %i ms away changes no renewal",
    async (aheadMs) => {
      const server = new Server();
      server.aheadMs = aheadMs;
      const session = open(server, { grant: undefined, create: server.create });
      session.start();
      await sleep(2 * 480_000);
      expect([server.creates, server.refreshes]).toEqual([[0], [480_000, 960_000]]);
      expect(session.state).toBe("ready");
    },
  );

  it("the life of a JWT is counted from the sending, not from the arrival", async () => {
    const server = new Server();
    server.ttlSecs = 10;
    server.latencyMs = 4000;
    const session = open(server, { grant: undefined, create: server.create });
    const token = session.getToken();
    await sleep(4000);
    await token;
    await sleep(4900);
    expect(session.state).toBe("ready");
    await sleep(100);
    expect(session.state).toBe("expired");
  });

  it.each([
    ["a right clock", 0, 300, 300],
    ["a clock a little off", -100_000, 600, 700],
    ["a clock that takes just half of the TTL asked for", 300_000, 600, 300],
    ["a clock that adds just half of the TTL asked for", -300_000, 600, 900],
    ["a clock under half of the TTL asked for", 310_000, 600, 600],
    ["a clock over one and a half of the TTL asked for", -310_000, 600, 600],
    ["a clock an hour fast", HOUR, 600, 600],
    ["a clock an hour slow", -HOUR, 600, 600],
  ])("a token that is no JWT, %s: its life is what the clock says, or the TTL asked for", async (...row) => {
    const [, localAheadMs, ttlSecs, lifeSecs] = row;
    const server = new Server();
    server.opaque = true;
    server.ttlSecs = ttlSecs;
    server.aheadMs = -localAheadMs;
    const options = { grant: undefined, create: server.create, tokenTtlSecs: ttlSecs };
    const session = open(server, options);
    await session.getToken();
    await sleep(lifeSecs * 1000 - 1001);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it("the life of a token that is no JWT is counted from its own request, not from the session's beginning", async () => {
    const server = new Server();
    server.opaque = true;
    server.ttlSecs = 700;
    const session = open(server, { tokenTtlSecs: 600 });
    await session.getToken({ forceRefresh: true });
    await sleep(500_000);
    await session.getToken({ forceRefresh: true });
    await sleep(698_999);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it("a token that is no JWT ends when it says, however long its answer took", async () => {
    const server = new Server();
    server.opaque = true;
    server.latencyMs = 4000;
    const tokenExpiresAt = new Date(NOON + 600_000);
    const create = async (input: { signal: AbortSignal }) => ({
      ...(await server.create(input)),
      tokenExpiresAt,
    });
    const session = open(server, { grant: undefined, create });
    session.getToken();
    await sleep(598_999);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it.each([
    ["of 60 s", 60, 0, 60],
    ["of 600 s", 600, 0, 600],
    ["of 3600 s", 3600, 0, 3600],
    ["whose end is 3660 s away by a slow clock", 3600, -60_000, 3660],
    ["whose end is farther away than any token lives", 3600, -61_000, 600],
    ["whose end is past by a fast clock", 60, 60_000, 600],
  ])(
    "without a TTL given, a token that is no JWT, %s, is believed if its end is possible",
    async (...row) => {
      const [, ttlSecs, localAheadMs, lifeSecs] = row;
      const server = new Server();
      server.opaque = true;
      server.ttlSecs = ttlSecs;
      server.aheadMs = -localAheadMs;
      const session = open(server, { grant: undefined, create: server.create });
      await session.getToken();
      await sleep(lifeSecs * 1000 - 1001);
      expect(session.state).toBe("ready");
      await sleep(1);
      expect(session.state).toBe("expired");
    },
  );

  it.each([
    "a.b",
    "a.b.c",
    "a.!!.c",
    `a.${btoa('{"exp":900,"iat":0}')}`,
    `a.${btoa("[1]")}.c`,
    `a.${btoa('{"exp":"900","iat":0}')}.c`,
    `a.${btoa('{"exp":900,"iat":"0"}')}.c`,
    `a.${btoa('{"exp":1e999,"iat":0}')}.c`,
    "....",
  ])("%j is no JWT to read a life from, and does no harm", async (token) => {
    const server = new Server();
    const tokenExpiresAt = new Date(NOON + 500_000);
    const create = async () => ({ ...server.grant(), token, tokenExpiresAt });
    const session = open(server, { grant: undefined, create });
    expect(await session.getToken()).toBe(token);
    await sleep(498_999);
    expect(session.state).toBe("ready");
    await sleep(1);
    expect(session.state).toBe("expired");
  });

  it("a JWT is read in base64url, whatever its claims are", async () => {
    const tokens = Array.from({ length: 12 }, (_, i) =>
      jwt(NOON / 1000, 3600, `${"?".repeat(i)}~${"~".repeat(i)}`),
    );
    expect(tokens.some((token) => token.split(".")[1]?.includes("_"))).toBe(true);
    expect(tokens.some((token) => token.split(".")[1]?.includes("-"))).toBe(true);
    const server = new Server();
    const sessions = tokens.map((token) =>
      open(server, { grant: undefined, create: async () => ({ ...server.grant(), token }) }),
    );
    await Promise.all(sessions.map((session) => session.getToken()));
    await sleep(3_598_999);
    for (const session of sessions) expect(session.state).toBe("ready");
  });

  it("the refresh token's life is taken from two dates of the server, whatever the local clock says", async () => {
    const server = new Server();
    server.aheadMs = -2 * HOUR;
    const session = open(server, { grant: undefined, create: server.create });
    session.start();
    // The refresh token lives 3600 s, and is used until 5 s before its end.
    await sleep(8 * 480_000);
    expect(server.refreshes).toHaveLength(7);
    expect(server.creates).toEqual([0, 8 * 480_000]);
  });
});
