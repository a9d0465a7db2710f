import { describe, expect, it } from "vitest";
import {
  FORCED,
  HOUR,
  iso,
  jwt,
  NOON,
  open,
  openOn,
  rejection,
  responseOf,
  Server,
  secsOf,
  setUpReady,
  setUpStarted,
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

const axiosResult = (data: object) => ({
  data,
  status: 201,
  headers: { date: new Date(NOON_SECS * 1000).toUTCString() },
});

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
    expect(await validSecs(dated(0, tokenOf({ iat: -10, exp: 10, stated: 10 })))).toBe(9);
    expect(await validSecs(tokenOf({ iat: 0, exp: 28 * 86_400, stated: 600 }))).toBe(599);
    expect(await validSecs(tokenOf({ iat: 0, exp: 600, stated: 3600 }))).toBe(599);
    expect(await validSecs(tokenOf({ iat: 0, exp: 600 }))).toBe(599);
  });

  it("a token that the back end had kept is renewed a quarter before the end of what is left of it", async () => {
    const { server } = await setUpStarted({ next: [() => dated(0, tokenOf({ iat: -500, exp: 100 }))] });
    await sleep(75_000);
    expect(server.times).toEqual([0, 75_000]);
  });

  const onItsWay = async () => {
    await sleep(5000);
    return tokenOf({ iat: 0, exp: 5 });
  };
  it.each([
    ["by the Date", () => dated(0, tokenOf({ iat: -601, exp: -1 }))],
    ["by the date of an axios response", () => axiosResult(tokenOf({ iat: -601, exp: -1 }))],
    ["in its last second", () => dated(0, tokenOf({ iat: -599, exp: 1 }))],
    ["by its own iat", () => tokenOf({ iat: 0, exp: -1 })],
    ["on its way", onItsWay],
  ])("one that has expired %s is a failure, whose sentence speaks of the back end", async (_, create) => {
    const session = openOn(create);
    expect(await rejection(session.getToken())).toMatchObject({
      code: "invalid_response",
      message: "create returned an expired token: does your back end keep tokens, or is its clock wrong?",
    });
    expect(session.getSnapshot().state).toBe("failed");
  });

  it("a renewal that brings the very token that is held is a failure, also after that has expired", async () => {
    const kept = tokenOf({ iat: 0, exp: 600 });
    const session = openOn(() => kept);
    await session.getToken();
    await sleep(1000);
    const noNewToken = { code: "invalid_response", message: "create returned no new token" };
    expect(await rejection(session.getToken(FORCED))).toMatchObject(noNewToken);
    await sleep(600_000);
    expect(await rejection(session.getToken())).toMatchObject(noNewToken);
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
    const { server, session } = await setUpReady({ isOpaque: true });
    server.latencyMs = 5000;
    server.always = () => tokenOf({ stated: 300 });
    await sleep(95_000);
    session.getToken(FORCED);
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
    const { message } = await rejection(openOn(() => ({ token })).getToken());
    expect(message).toBe("create returned no tokenExpiresAt");
  });

  it.each([
    ["-", "?~>"],
    ["_", "~~?>"],
  ])("base64url may have a %s", async (letter, note) => {
    const token = jwt({ note, iat: NOON_SECS, exp: NOON_SECS + 60 });
    expect(token).toContain(letter);
    expect(await validSecs({ token })).toBe(59);
  });
});

describe("a grant that the session begins with", () => {
  it.each([
    ["59 s ago by the local clock: when a new one would be", { iat: -59, exp: 541 }, 421_000, 540],
    ["59 s from now: as a new one", { iat: 59, exp: 659 }, 480_000, 599],
    ["a minute ago: at once", { iat: -60, exp: 540 }, 0, 539],
    ["a minute from now: at once", { iat: 60, exp: 660 }, 0, 599],
    ["an hour ago: at once, and has the rest of its life", { iat: -3540, exp: 60 }, 0, 59],
    ["an hour from now: at once, and has its whole life", { iat: 3600, exp: 4200 }, 0, 599],
    ["at a time it does not tell: at once, and ends by the local clock", { stated: 300 }, 0, 299],
    ["at such a time, with an end far away: at once, and has 3660 s", { stated: 20_000 }, 0, 3659],
  ])("is renewed, if it was issued %s", async (_, issued, renewedAt, validSecs) => {
    const server = new Server();
    const session = open(server, { grant: tokenOf(issued) as never });
    session.start();
    expect(session.tokenValidForMs / 1000).toBe(validSecs);
    await sleep(480_000);
    expect(server.times[0]).toBe(renewedAt);
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
    const { server, session, token } = await setUpReady();
    const saved = JSON.parse(JSON.stringify(session.grant));
    const tokenExpiresAt = "2026-11-22T12:10:00.000Z";
    expect(saved).toEqual({ token, tokenExpiresAt, refreshToken: "refresh-token-1" });
    await sleep(30_000);
    const second = open(server, { grant: saved });
    expect(second.getSnapshot()).toMatchObject({ state: "ready", token });
    expect(second.tokenValidForMs).toBe(569_000);
    expect(await second.getToken()).toBe(token);
    expect(server.count).toBe(1);
  });
});
