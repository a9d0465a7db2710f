import { invalidArgument } from "../errors.ts";
import { type RoomTokenGrant, readGrant } from "../grant.ts";
import { isObject } from "../json.ts";
import { type Held, hold } from "./lifetime.ts";

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
  readonly receivedAt: number;
}

/** Checks the grant that a session begins with, and places it on the clock by its age where that is known. */
export function takeGiven(given: RoomTokenGrantInput, now: number, ttlMs: number): Held {
  const grant = toGrant(given);
  if (grant === undefined) throw invalidArgument("grant", "a whole grant: both tokens and both times");
  const ageMs = Date.now() - (given.receivedAt ?? Infinity);
  if (Number.isNaN(ageMs)) throw invalidArgument("grant.receivedAt", "a time in epoch milliseconds");
  return hold(grant, now, ageMs >= 0 ? now - ageMs : undefined, ttlMs);
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

/** Places an answer on the clock, or says why it brings no valid, newer token. */
export function takeAnswer(
  answer: unknown,
  now: number,
  { held, refreshed, forced, sentAt, ttlMs }: Asked,
): Held | string {
  const { token, tokenExpiresAt, ...rest } = isObject(answer) ? answer : {};
  const kept = refreshed ? held : undefined;
  const grant = toGrant({ ...rest, ...kept?.grant, token, tokenExpiresAt });
  if (grant === undefined) return "no usable token";
  // The same token once more ends when it did: counted from this request it would live for ever.
  const same = held?.grant.token === token ? held : undefined;
  const next = same ?? hold(grant, now, sentAt, ttlMs, kept?.refreshLifeMs);
  if (now >= next.deadAt) return "a dead token";
  const isNewer = held === undefined || !held.measured || next.endsAt >= held.endsAt;
  return forced || (isNewer && same === undefined) ? next : "no newer token";
}

/** The grant in what somebody gave; undefined where it is not a whole one. */
function toGrant(given: unknown): RoomTokenGrant | undefined {
  const text = (time: unknown) => (time instanceof Date ? time.toJSON() : time);
  const { token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt } = isObject(given) ? given : {};
  const grant = readGrant({
    token,
    token_expires_at: text(tokenExpiresAt),
    refresh_token: refreshToken,
    refresh_token_expires_at: text(refreshTokenExpiresAt),
  });
  return typeof grant === "string" ? undefined : grant;
}
