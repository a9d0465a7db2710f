import type { RoomTokenGrant } from "../grants.ts";
import { type GrantMembers, grantOf, NoGrant } from "./callback-answer.ts";
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
  /** When the session got it. */
  readonly takenAt: number;
  /** When the token was asked for; it was minted no earlier. */
  readonly bornAt: number;
  /** Whether `bornAt` is known. Where it is not, the token counts as stale at best. */
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
  const grant = grantOf(members);
  const bornAt = bornAtOf(members, now);
  // It need not have been asked for with this session's lifetime: the shorter of the two is the safe one.
  const statedMs = grant.tokenExpiresAt.getTime() - Number(members.receivedAt);
  const shorterMs = askedLifeMs !== undefined && statedMs > 0 ? Math.min(statedMs, askedLifeMs) : askedLifeMs;
  return bornAt === undefined ? holdOfUnknownAge(grant, now) : hold(grant, now, bornAt, shorterMs);
}

/** What an answer was asked for with. */
export interface Asked {
  readonly held: HeldGrant | undefined;
  /** Whether it was a refresh, which keeps the refresh token. */
  readonly isRefresh: boolean;
  /** Whether the token held is no good: one that ends earlier may replace it. */
  readonly isForced: boolean;
  readonly sentAt: number;
  readonly askedLifeMs: number | undefined;
}

/**
 * Places an answer on the session's clock. It was minted no earlier than its request was sent, unless it is a
 * grant that somebody kept, which says so.
 *
 * @throws NoGrant where it brings no valid, newer token.
 */
export function holdAnswer(members: GrantMembers, now: number, asked: Asked): HeldGrant {
  const { held, isRefresh, isForced, sentAt, askedLifeMs } = asked;
  const kept = isRefresh ? held : undefined;
  const grant = grantOf(members, kept?.grant);
  if (grant.token === held?.grant.token) throw new NoGrant("no newer token");
  const bornAt = Math.min(sentAt, bornAtOf(members, now) ?? sentAt);
  const next = hold(grant, now, bornAt, askedLifeMs, kept?.refreshLifeMs);
  if (now >= next.deadAt) throw new NoGrant("a dead token");
  const isNewer = held === undefined || !held.ageKnown || next.endsAt >= held.endsAt;
  if (!isNewer && !isForced) throw new NoGrant("no newer token");
  return next;
}

/** When a token's renewal is due. The jitter is drawn anew at each call. */
export function drawRenewalAt({ bornAt, endsAt, ageKnown, takenAt }: HeldGrant): number {
  const lifeMs = endsAt - bornAt;
  return ageKnown ? endsAt - renewalMarginMs(lifeMs) - drawJitterMs(lifeMs) : takenAt;
}

/** `receivedAt` on the session's clock; undefined where it is no time, or one that is yet to come. */
function bornAtOf({ receivedAt }: GrantMembers, now: number): number | undefined {
  if (typeof receivedAt !== "number" || !Number.isFinite(receivedAt)) return undefined;
  const ageMs = Date.now() - receivedAt;
  return ageMs >= 0 ? now - ageMs : undefined;
}

/** @param keptRefreshLifeMs The life of a refresh token that stays in use. */
function hold(
  grant: RoomTokenGrant,
  now: number,
  bornAt: number,
  askedLifeMs: number | undefined,
  keptRefreshLifeMs?: number,
): HeldGrant {
  const statedMs = grant.tokenExpiresAt.getTime() - Date.now() + (now - bornAt);
  const lifeMs = claimedLifeMs(grant.token) ?? believedLifeMs(statedMs, askedLifeMs);
  return place(grant, now, bornAt, lifeMs, true, keptRefreshLifeMs);
}

/** A token whose age is not known ends at the earlier of what it claims and what the local clock says. */
function holdOfUnknownAge(grant: RoomTokenGrant, now: number): HeldGrant {
  const statedMs = grant.tokenExpiresAt.getTime() - Date.now();
  const lifeMs = claimedLifeMs(grant.token) ?? statedMs;
  return place(grant, now, now + Math.min(lifeMs, statedMs) - lifeMs, lifeMs, false);
}

function place(
  grant: RoomTokenGrant,
  takenAt: number,
  bornAt: number,
  lifeMs: number,
  ageKnown: boolean,
  keptRefreshLifeMs?: number,
): HeldGrant {
  const endsAt = bornAt + lifeMs;
  // Two dates of one answer: no local clock is involved.
  const outlivesMs = grant.refreshTokenExpiresAt.getTime() - grant.tokenExpiresAt.getTime();
  const refreshLifeMs = keptRefreshLifeMs ?? lifeMs + outlivesMs;
  const refreshEndsAt = endsAt + outlivesMs;
  return {
    grant,
    takenAt,
    bornAt,
    ageKnown,
    endsAt,
    deadAt: endsAt - DEAD_BEFORE_END_MS,
    refreshLifeMs,
    refreshEndsAt,
    lastRefreshAt: refreshEndsAt - lastRefreshMarginMs(refreshLifeMs),
  };
}
