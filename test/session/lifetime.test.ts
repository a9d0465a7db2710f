import { describe, expect, it, vi } from "vitest";
import { elapsedClock } from "../../src/session/clock.ts";
import {
  HOUR,
  iso,
  jwt,
  NOON,
  open,
  openOn,
  openReady,
  rejection,
  responseOf,
  Server,
  secsOf,
  sleep,
  stepWallClock,
  useFakeTime,
} from "./support.ts";

useFakeTime();

const NOON_SECS = secsOf(NOON);
let ids = 0;

/** A token of which the server says these things, in seconds after noon. */
function tokenOf({ iat, exp, stated }: { iat?: number; exp?: number; stated?: number }) {
  const claims = { iat: iat !== undefined && NOON_SECS + iat, exp: exp !== undefined && NOON_SECS + exp };
  const token = exp === undefined ? `opaque-token-${++ids}` : jwt({ ...claims, jti: ++ids });
  return { token, tokenExpiresAt: stated === undefined ? undefined : iso(NOON_SECS + stated) };
}

/** A Response with a `Date`, in seconds after noon. */
const dated = (date: number, body: object) =>
  responseOf(200, body, { date: new Date((NOON_SECS + date) * 1000).toUTCString() });

/** For how long a session that gets this at noon can use it, in seconds. */
async function validSecs(returned: unknown): Promise<number> {
  const session = openOn(() => returned);
  await session.getToken();
  return session.tokenValidForMs / 1000;
}

describe("the life of a token is what the server says, whatever the local clock shows", () => {
  it.each([0, 3, -3])("with a local clock that is %i h off", async (hours) => {
    stepWallClock(hours * HOUR);
    const kept = tokenOf({ iat: -500, exp: 100, stated: 100 });
    expect(await validSecs(dated(0, kept))).toBe(99);
    expect(await validSecs(responseOf(200, kept))).toBe(599);
    expect(await validSecs(dated(-505, kept))).toBe(599);
    expect(await validSecs(dated(0, tokenOf({ exp: 100 })))).toBe(99);
    expect(await validSecs(tokenOf({ iat: 0, exp: 28 * 86_400, stated: 600 }))).toBe(599);
    expect(await validSecs(tokenOf({ iat: 0, exp: 600, stated: 3600 }))).toBe(599);
    expect(await validSecs(tokenOf({ iat: 0, exp: 600 }))).toBe(599);
  });

  it("a token that the back end had kept is renewed a quarter before the end of what is left of it", async () => {
    const returned = [dated(0, tokenOf({ iat: -500, exp: 100 })), dated(75, tokenOf({ iat: 75, exp: 675 }))];
    const create = vi.fn(() => returned.shift());
    openOn(create).start();
    await sleep(74_999);
    expect(create).toHaveBeenCalledTimes(1);
    await sleep(1);
    expect(create).toHaveBeenCalledTimes(2);
  });

  it("a token of a moment is shown until a second before its end by the Date, and not longer", async () => {
    const session = openOn(() => dated(0, tokenOf({ iat: -10, exp: 10, stated: 10 })));
    await session.getToken();
    await sleep(8999);
    expect(session.getSnapshot().state).toBe("ready");
    await sleep(1);
    expect(session.getSnapshot()).toMatchObject({ state: "idle", token: undefined });
  });

  it.each([
    ["by the Date", () => dated(0, tokenOf({ iat: -601, exp: -1 }))],
    ["in its last second", () => dated(0, tokenOf({ iat: -599, exp: 1 }))],
    ["by its own iat", () => tokenOf({ iat: 0, exp: -1 })],
    [
      "on its way",
      async () => {
        await sleep(5000);
        return tokenOf({ iat: 0, exp: 5 });
      },
    ],
  ])("one that has expired %s is a failure, whose sentence speaks of the back end", async (_, create) => {
    const session = openOn(create);
    expect(await rejection(session.getToken())).toMatchObject({
      code: "invalid_response",
      message:
        "create returned a token that expired before it was sent: does your back end keep tokens, or is its clock wrong?",
    });
    expect(session.getSnapshot().state).toBe("failed");
  });

  it("a create that returns the same expired token again and again is never ready", async () => {
    const kept = tokenOf({ iat: -3600, exp: -3000 });
    const states = new Set<string>();
    const session = openOn(() => dated(0, kept), { grant: kept });
    session.subscribe(({ state }) => states.add(state));
    session.start();
    await sleep(HOUR);
    expect([...states]).toEqual(["idle", "failed"]);
  });

  it("a renewal that brings the very token that is held is a failure", async () => {
    const kept = tokenOf({ iat: 0, exp: 600 });
    const session = openOn(() => kept);
    await session.getToken();
    await sleep(1000);
    const error = await rejection(session.getToken({ forceRefresh: true }));
    expect(error).toMatchObject({ code: "invalid_response", message: "create returned no new token" });
    await sleep(600_000);
    expect((await rejection(session.getToken())).code).toBe("invalid_response");
  });
});

describe("a token that tells the time neither itself nor by a Date", () => {
  it.each([
    ["lives until its end by the local clock", 300, 299],
    ["also at the edge of what Telnyx gives", 3660, 3659],
    ["lives 600 s if that end is too far away to be true", 3661, 599],
    ["lives 600 s if that end is over", 0, 599],
    ["lives 600 s if that end is long over", -7200, 599],
  ])("%s", async (_, stated, valid) => {
    expect(await validSecs(tokenOf({ stated }))).toBe(valid);
  });

  it("ends at that moment, however long its response took", async () => {
    const server = new Server();
    server.isOpaque = true;
    const session = await openReady(server);
    server.latencyMs = 5000;
    server.always = () => tokenOf({ stated: 300 });
    await sleep(95_000);
    session.getToken({ forceRefresh: true });
    await sleep(5000);
    expect(session.tokenValidForMs).toBe(199_000);
  });

  it("a wall clock that was set while the request was under way is no reason to take it for older", async () => {
    const session = openOn(async () => {
      await sleep(1000);
      stepWallClock(-100_000);
      return tokenOf({ stated: 300 });
    });
    await session.getToken();
    expect(session.tokenValidForMs).toBe(398_000);
  });

  it.each([
    ["two parts that are no base64", "a.%%%.b"],
    ["a payload that is no JSON", `a.${Buffer.from("x").toString("base64url")}.b`],
    ["a payload that is no object", `a.${Buffer.from("null").toString("base64url")}.b`],
    ["an exp that is no number", jwt({ iat: NOON_SECS, exp: String(NOON_SECS + 60) })],
    ["an exp after the year 9999", jwt({ exp: 1e12 })],
    ["an exp before 1970", jwt({ exp: -1 })],
  ])("so it is with %s", async (_, token) => {
    expect(await validSecs({ token, tokenExpiresAt: iso(NOON_SECS + 300) })).toBe(299);
    expect((await rejection(openOn(() => ({ token })).getToken())).message).toBe(
      "create returned no tokenExpiresAt",
    );
  });

  it("base64url is read with all its letters", async () => {
    for (const [note, letter] of [
      ["?~>", "-"],
      ["~~?>", "_"],
    ]) {
      const token = jwt({ note, iat: NOON_SECS, exp: NOON_SECS + 60 });
      expect(token).toContain(letter);
      expect(await validSecs({ token })).toBe(59);
    }
  });
});

describe("a grant that the session begins with", () => {
  const renewals = async (grant: object) => {
    const server = new Server();
    const session = open(server, { grant: grant as never });
    session.start();
    const validMs = session.tokenValidForMs;
    await sleep(481_000);
    return { firstAt: server.times[0], validSecs: validMs / 1000 };
  };

  it("is renewed as if it were new if it was issued less than a minute ago by the local clock", async () => {
    expect(await renewals(tokenOf({ iat: -59, exp: 541 }))).toEqual({ firstAt: 421_000, validSecs: 540 });
  });

  it("and also if it was issued less than a minute from now", async () => {
    expect(await renewals(tokenOf({ iat: 59, exp: 659 }))).toEqual({ firstAt: 480_000, validSecs: 599 });
  });

  it.each([
    ["an hour ago by the local clock: it has the rest of its life", { iat: -3540, exp: 60 }, 59],
    ["in an hour by the local clock: it has its whole life", { iat: 3600, exp: 4200 }, 599],
    ["a minute ago", { iat: -60, exp: 540 }, 539],
    ["a minute from now", { iat: 60, exp: 660 }, 599],
    ["at a time that it does not tell: its end is by the local clock", { stated: 300 }, 299],
    ["at a time that it does not tell, with an end far away: it has 3660 s", { stated: 20_000 }, 3659],
  ])("is renewed at once if it was issued %s", async (_, token, validSecs) => {
    expect(await renewals(tokenOf(token))).toEqual({ firstAt: 0, validSecs });
  });

  it("is of use for its refresh token even if it expired long ago", async () => {
    const server = new Server();
    const grant = server.grant();
    await sleep(8 * HOUR);
    const session = open(server, { grant });
    expect(session.getSnapshot().state).toBe("idle");
    expect(session.grant).toEqual(grant);
    await session.getToken();
    expect(server.requests).toMatchObject([{ operation: "refresh", refreshToken: grant.refreshToken }]);
  });

  it("a minValidityMs up to the life it was issued with brings a renewal", async () => {
    const server = new Server();
    const session = open(server, { grant: { ...tokenOf({ iat: -50, exp: 550 }), refreshToken: "r" } });
    await session.getToken({ minValidityMs: 599_001 });
    expect(server.count).toBe(0);
    await session.getToken({ minValidityMs: 599_000 });
    expect(server.count).toBe(1);
  });

  it("goes from session to session by way of JSON", async () => {
    const server = new Server();
    const first = await openReady(server);
    const saved = JSON.parse(JSON.stringify(first.grant));
    expect(saved).toEqual(first.grant);
    expect(saved).toEqual({
      token: await first.getToken(),
      tokenExpiresAt: "2026-11-22T12:10:00.000Z",
      refreshToken: "refresh-token-1",
    });
    await sleep(30_000);
    const second = open(server, { grant: saved });
    expect(second.getSnapshot()).toMatchObject({ state: "ready", token: saved.token });
    expect(second.tokenValidForMs).toBe(569_000);
    expect(await second.getToken()).toBe(saved.token);
    expect(server.count).toBe(1);
  });

  it("tokenExpiresAt of the saved grant is the earlier of the two ends", async () => {
    const session = openOn(() => tokenOf({ iat: 0, exp: 600, stated: 3600 }));
    await session.getToken();
    expect(session.grant?.tokenExpiresAt).toBe("2026-11-22T12:10:00.000Z");
    expect(session.grant).not.toHaveProperty("refreshToken");
  });
});

describe("time is summed reading by reading", () => {
  function clockOn(times: { wall: number; monotonic: number }) {
    vi.spyOn(Date, "now").mockImplementation(() => times.wall);
    vi.spyOn(performance, "now").mockImplementation(() => times.monotonic);
    return elapsedClock();
  }

  it("sleep that stops the monotonic clock is counted by the wall clock, and the other way round", () => {
    const at = { wall: 1000, monotonic: 1000 };
    const now = clockOn(at);
    expect(now()).toBe(0);
    at.wall += HOUR;
    at.monotonic += 5;
    expect(now()).toBe(HOUR);
    at.monotonic += 2000;
    at.wall += 1;
    expect(now()).toBe(HOUR + 2000);
  });

  it("a wall clock that is set back takes nothing away, and each step forward counts as sleep", () => {
    const at = { wall: HOUR, monotonic: 0 };
    const now = clockOn(at);
    now();
    for (let i = 1; i <= 100; i++) {
      at.wall += i % 2 === 0 ? 10_000 + HOUR : 10_000 - HOUR;
      at.monotonic += 10_000;
      now();
    }
    expect(now()).toBe(50 * 10_000 + 50 * (10_000 + HOUR));
  });

  it("a wall clock that is set back does not stop the time where it is the only clock", () => {
    vi.stubGlobal("performance", undefined);
    const now = elapsedClock();
    expect(now()).toBe(0);
    stepWallClock(-HOUR);
    expect(now()).toBe(0);
    stepWallClock(700);
    expect(now()).toBe(700);
  });

  it("a hundred thousand readings in a minute do not make it run fast", () => {
    const at = { wall: 0, monotonic: 0 };
    const now = clockOn(at);
    for (let i = 1; i <= 100_000; i++) {
      at.monotonic = i * 0.6;
      at.wall = Math.floor(at.monotonic);
      now();
    }
    expect(now()).toBeGreaterThanOrEqual(60_000);
    expect(now()).toBeLessThan(60_000 + 17);
  });

  it("after sleep the expired token is not given out, though no timer has fired", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    stepWallClock(HOUR);
    expect(session.getSnapshot()).toMatchObject({ state: "idle", token: undefined });
    expect(await session.getToken()).not.toBe(token);
  });

  it("a wall clock that is set back delays no renewal", async () => {
    const server = new Server();
    open(server).start();
    await sleep(100_000);
    stepWallClock(-2 * HOUR);
    await sleep(380_000);
    expect(server.count).toBe(2);
  });

  it("a wall clock that is set forward costs one renewal, not one per call", async () => {
    const server = new Server();
    const session = await openReady(server);
    session.start();
    await sleep(1000);
    stepWallClock(HOUR);
    for (let i = 0; i < 100; i++) await session.getToken();
    expect(server.count).toBe(2);
    await sleep(479_000);
    expect(server.count).toBe(2);
  });
});
