import { type RoomTokenGrant, readGrant } from "../bindings.ts";
import { isObject } from "../checks.ts";
import { invalidArgument, type RoomTokenOperation } from "../errors.ts";
import { parseObject } from "../transport.ts";

/** A renewed token as it comes from a callback: with a `Date`, or with the ISO string that JSON makes of it. */
export interface RefreshedRoomTokenInput {
  readonly token: string;
  readonly tokenExpiresAt: Date | string;
}

/** A grant as it comes: with `Date`s, or with the ISO strings that JSON makes of them. */
export interface RoomTokenGrantInput extends RefreshedRoomTokenInput {
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date | string;
  /** When the token was asked for, in epoch milliseconds of this device's clock; a saved `session.grant` has it. */
  readonly receivedAt?: number | undefined;
}

/** What a session holds, to be stored as an object or as JSON and given to a new session. */
export interface SavedRoomTokenGrant extends RoomTokenGrant {
  /** Absent where the token's age is not known: in a grant that was given without it, until the first renewal. */
  readonly receivedAt?: number;
}

/** A grant in use, its moments in milliseconds of the session's clock. */
export interface Held {
  readonly grant: RoomTokenGrant;
  /** When the request was sent that brought the token; it was minted no earlier. */
  readonly bornAt: number;
  /** Whether `bornAt` is known. Where it is not, the token counts as stale at best. */
  readonly measured: boolean;
  readonly endsAt: number;
  /** `iat` and `exp` are whole seconds: the last second before `endsAt` is not relied on. */
  readonly deadAt: number;
  readonly refreshLifeMs: number;
  readonly refreshEndsAt: number;
  /** When the refresh token should renew for the last time, if nothing can take its place. */
  readonly lastRefreshAt: number;
}

/** Checks the grant that a session begins with, and places it on the clock by its age where that is known. */
export function takeGiven(given: RoomTokenGrantInput, now: number, ttlMs: number): Held {
  const grant = toGrant(given);
  if (grant === undefined) throw invalidArgument("grant", "a whole grant, with dates");
  const { receivedAt } = given;
  if (!Number.isFinite(receivedAt ?? 0)) throw invalidArgument("grant.receivedAt", "in epoch milliseconds");
  // It need not have been asked for with this session's TTL: of the two the shorter is the safe one.
  const statedMs = grant.tokenExpiresAt.getTime() - Number(receivedAt);
  return hold(grant, now, askedAt(receivedAt, now), statedMs > 0 ? Math.min(statedMs, ttlMs) : ttlMs);
}

/** What a request was made for and with. */
interface Asked {
  readonly held: Held | undefined;
  /** Whether it was a refresh, so that the refresh token stays. */
  readonly refreshed: boolean;
  /** The token held is no good: one that ends earlier may replace it. */
  readonly forced: boolean;
  readonly sentAt: number;
  readonly ttlMs: number;
}

/**
 * Places an answer on the clock, or says why it brings no valid, newer token. It is no younger than its request,
 * and may be older: a grant that somebody kept says so.
 */
export function takeAnswer(
  answer: unknown,
  now: number,
  { held, refreshed, forced, sentAt, ttlMs }: Asked,
): Held | string {
  const { receivedAt } = isObject(answer) ? answer : {};
  const kept = refreshed ? held : undefined;
  const grant = toGrant(answer, kept?.grant);
  if (grant === undefined) return "no usable token";
  // The same token once more ends when it did: counted from this request it would live for ever.
  const same = held?.grant.token === grant.token ? held : undefined;
  const bornAt = Math.min(sentAt, askedAt(receivedAt, now) ?? sentAt);
  const next = same ?? hold(grant, now, bornAt, ttlMs, kept?.refreshLifeMs);
  if (now >= next.deadAt) return "a dead token";
  const isNewer = held === undefined || !held.measured || next.endsAt >= held.endsAt;
  return forced || (isNewer && same === undefined) ? next : "no newer token";
}

/**
 * Which way a renewal goes. Where there is no `create`, the refresh token is used whatever the clock says about
 * its end, for the clock may be wrong; where there is, the two take turns once two renewals in a row have failed.
 *
 * @param refused The refresh token that was refused: it is never used again.
 * @param failures Renewals that have failed in a row.
 */
export function chooseRoute(
  held: Held | undefined,
  refused: string | undefined,
  failures: number,
  now: number,
  hasCreate: boolean,
): RoomTokenOperation {
  if (held === undefined || held.grant.refreshToken === refused) return "create";
  if (!hasCreate) return "refresh";
  const createFirst = failures >= 2 || now >= held.refreshEndsAt - 5000;
  return createFirst && failures % 2 === 0 ? "create" : "refresh";
}

/** A time of receipt on the session's clock; undefined where it is no time, or one that is yet to come. */
function askedAt(receivedAt: unknown, now: number): number | undefined {
  const ageMs = Number.isFinite(receivedAt) ? Date.now() - Number(receivedAt) : -1;
  return ageMs >= 0 ? now - ageMs : undefined;
}

/** The grant in what somebody gave, with the refresh token `kept`; undefined where it is not a whole one. */
function toGrant(given: unknown, kept = given): RoomTokenGrant | undefined {
  // Not `instanceof Date`, which a Date of another window is not.
  const text = (time: unknown) => (isObject(time) ? new Date(time as unknown as Date).toJSON() : time);
  const { token, tokenExpiresAt } = isObject(given) ? given : {};
  const { refreshToken, refreshTokenExpiresAt } = isObject(kept) ? kept : {};
  const grant = readGrant({
    token,
    token_expires_at: text(tokenExpiresAt),
    refresh_token: refreshToken,
    refresh_token_expires_at: text(refreshTokenExpiresAt),
  });
  return typeof grant === "string" ? undefined : grant;
}

/**
 * Places a grant on the session's clock.
 *
 * Its token lives by its own claims where it is a JWT, which no local clock can bend; else as the local clock
 * has it, unless that contradicts the TTL that was asked for. The refresh token outlives it by the distance of
 * two dates that both come from the server.
 *
 * @param bornAt When the grant was asked for; undefined for one from elsewhere, which ends at the earlier of its
 * own and the local clock's word.
 * @param keptRefreshLifeMs The life of a refresh token that stays in use.
 */
function hold(
  grant: RoomTokenGrant,
  now: number,
  bornAt: number | undefined,
  ttlMs: number,
  keptRefreshLifeMs?: number,
): Held {
  const measured = bornAt !== undefined;
  const statedMs = grant.tokenExpiresAt.getTime() - Date.now() + (measured ? now - bornAt : 0);
  const plausible = !measured || (statedMs >= 0.5 * ttlMs && statedMs <= 1.5 * ttlMs);
  const lifeMs = claimedLifeMs(grant.token) ?? (plausible ? statedMs : ttlMs);
  const endsAt = measured ? bornAt + lifeMs : now + Math.min(lifeMs, statedMs);
  const leadMs = grant.refreshTokenExpiresAt.getTime() - grant.tokenExpiresAt.getTime();
  const refreshLifeMs = keptRefreshLifeMs ?? lifeMs + leadMs;
  const refreshEndsAt = endsAt + leadMs;
  return {
    grant,
    bornAt: endsAt - lifeMs,
    measured,
    endsAt,
    deadAt: endsAt - 1000,
    refreshLifeMs,
    refreshEndsAt,
    lastRefreshAt: refreshEndsAt - (refreshLifeMs < 120_000 ? 5000 : 30_000),
  };
}

/** When a token's renewal is due; the jitter keeps sessions that began together from renewing together. */
export function drawRenewal({ bornAt, endsAt, measured }: Held): number {
  const lifeMs = endsAt - bornAt;
  const marginMs = Math.min(120_000, Math.max(0.25 * lifeMs, Math.min(5000, 0.5 * lifeMs)));
  const jitterMs = Math.random() * Math.min(0.1 * lifeMs, 30_000);
  return measured ? endsAt - marginMs - jitterMs : -Infinity;
}

/** `exp - iat` of a JWT (RFC 7519), in milliseconds; undefined where the token is something else. */
function claimedLifeMs(token: string): number | undefined {
  const [, payload = "", signature] = token.split(".");
  if (signature === undefined) return undefined;
  try {
    const { exp, iat } = parseObject(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) ?? {};
    const lifeMs = typeof exp === "number" && typeof iat === "number" ? (exp - iat) * 1000 : 0;
    return lifeMs > 0 && lifeMs < Infinity ? lifeMs : undefined;
  } catch {
    return undefined; // not base64url
  }
}
