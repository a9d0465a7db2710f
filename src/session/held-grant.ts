import { InvalidGrant, type RoomTokenGrant } from "../lib/grant.ts";
import { type GrantMembers, readGrant, readRefreshed } from "./callback-answer.ts";
import {
  believedLifeMs,
  claimedLifeMs,
  DEAD_BEFORE_END_MS,
  drawJitterMs,
  lastRefreshMarginMs,
  renewalMarginMs,
} from "./lifetime.ts";

/** A grant in use. Its moments are in milliseconds of the session's clock. */
export interface HeldGrant {
  readonly grant: RoomTokenGrant;
  /** When the token was asked for; it was minted no earlier. */
  readonly bornAt: number;
  /** Whether `bornAt` is known. Where it is not, it is a guess, and the token counts as stale at best. */
  readonly ageKnown: boolean;
  readonly endsAt: number;
  /** From here on the token counts as dead. */
  readonly deadAt: number;
  readonly refreshLifeMs: number;
  readonly refreshEndsAt: number;
  /** When the refresh token should renew for the last time, if nothing can take its place. */
  readonly lastRefreshAt: number;
}

/** Places the grant that a session begins with on its clock, by its age where that is known. */
export function holdGiven(members: GrantMembers, now: number, askedLifeMs: number | undefined): HeldGrant {
  const grant = readGrant(members);
  // It may have been minted with another lifetime than this session asks for: the shorter one is the safe guess.
  const statedMs = grant.tokenExpiresAt.getTime() - Number(members.receivedAt);
  const shorterMs = askedLifeMs !== undefined && statedMs > 0 ? Math.min(statedMs, askedLifeMs) : askedLifeMs;
  return hold(grant, now, bornAtOf(members, now), shorterMs);
}

/**
 * Places an answer on the session's clock. It was minted no earlier than its request was sent, unless it is a
 * grant that the back end had kept, whose `receivedAt` says so.
 *
 * @param kept What a refresh was made with: its refresh token stays.
 * @throws InvalidGrant where it brings no valid grant.
 */
export function holdAnswer(
  members: GrantMembers,
  now: number,
  sentAt: number,
  askedLifeMs: number | undefined,
  kept: HeldGrant | undefined,
): HeldGrant {
  const grant = kept === undefined ? readGrant(members) : { ...kept.grant, ...readRefreshed(members) };
  const bornAt = Math.min(sentAt, bornAtOf(members, now) ?? sentAt);
  const next = hold(grant, now, bornAt, askedLifeMs, kept?.refreshLifeMs);
  if (now >= next.deadAt) throw new InvalidGrant("a dead token");
  return next;
}

/**
 * Whether a grant may take the place of the one held.
 *
 * @param isForced Somebody said that the token held is no good: one that ends earlier may replace it.
 */
export function isNewer(next: HeldGrant, held: HeldGrant | undefined, isForced: boolean): boolean {
  if (next.grant.token === held?.grant.token) return false;
  return isForced || !held?.ageKnown || next.endsAt >= held.endsAt;
}

/** When a token's renewal is due: at once where its age is not known. The jitter is drawn anew at each call. */
export function drawRenewalAt({ bornAt, endsAt, ageKnown }: HeldGrant): number {
  const lifeMs = endsAt - bornAt;
  return ageKnown ? endsAt - renewalMarginMs(lifeMs) - drawJitterMs(lifeMs) : bornAt;
}

/** `receivedAt` on the session's clock; undefined where it is no time, or one that is yet to come. */
function bornAtOf({ receivedAt }: GrantMembers, now: number): number | undefined {
  const ageMs = typeof receivedAt === "number" ? Date.now() - receivedAt : -1;
  return ageMs >= 0 && ageMs < Infinity ? now - ageMs : undefined;
}

/**
 * @param knownBornAt Undefined for a token whose age is not known: it ends at the earlier of what it claims and what
 * the local clock says.
 * @param keptRefreshLifeMs The life of a refresh token that stays in use.
 */
function hold(
  grant: RoomTokenGrant,
  now: number,
  knownBornAt: number | undefined,
  askedLifeMs: number | undefined,
  keptRefreshLifeMs?: number,
): HeldGrant {
  const ageKnown = knownBornAt !== undefined;
  const expiresInMs = grant.tokenExpiresAt.getTime() - Date.now();
  const lifeMs =
    claimedLifeMs(grant.token) ??
    (ageKnown ? believedLifeMs(expiresInMs + now - knownBornAt, askedLifeMs) : expiresInMs);
  const bornAt = ageKnown ? knownBornAt : now + Math.min(lifeMs, expiresInMs) - lifeMs;
  const endsAt = bornAt + lifeMs;
  // Two dates of one answer: no local clock is involved.
  const outlivesMs = grant.refreshTokenExpiresAt.getTime() - grant.tokenExpiresAt.getTime();
  const refreshLifeMs = keptRefreshLifeMs ?? lifeMs + outlivesMs;
  const refreshEndsAt = endsAt + outlivesMs;
  return {
    grant,
    bornAt,
    ageKnown,
    endsAt,
    deadAt: endsAt - DEAD_BEFORE_END_MS,
    refreshLifeMs,
    refreshEndsAt,
    lastRefreshAt: refreshEndsAt - lastRefreshMarginMs(refreshLifeMs),
  };
}
