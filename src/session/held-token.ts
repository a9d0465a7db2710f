import type { Grant } from "./grant.ts";

/** `iat` and `exp` are whole seconds: the last second is not relied on. */
const UNUSABLE_BEFORE_END_MS = 1000;
/** The longest life that Telnyx gives a token, and a minute for a clock that is off. */
const LONGEST_LIFE_MS = 3_660_000;
/** The life that Telnyx gives a token if none is requested. */
const DEFAULT_LIFE_MS = 600_000;
/** A given grant that was issued less than this ago, by the device's clock, counts as new. */
const NEW_MS = 60_000;

/** A token in use. `expiresAt` is in epoch milliseconds of the server; all other times are of the session's clock. */
export interface HeldToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly usableUntil: number;
  /** How long it could be used when it arrived; a given one, when it was issued. */
  readonly usableForMs: number;
  /** When its renewal is due. Drawn when first read: the constructor of a session uses no random number. */
  readonly dueAt: number;
}

/**
 * Places a token that a request brought on the session's clock. What was left of its life when the request was sent
 * is its end minus the later of two server times: when it was issued, and the `Date` of the response, which shows
 * that a back end had kept it. The device's clock counts only if neither is known.
 *
 * @param serverTime The `Date` of the response, in epoch milliseconds.
 */
export function holdRenewed(
  grant: Grant,
  serverTime: number | undefined,
  sentAt: number,
  now: number,
): HeldToken {
  const { issuedAt = -Infinity, expiresAt } = grant;
  const latestServerTime = Math.max(issuedAt, serverTime ?? -Infinity);
  const lifeMs = Number.isFinite(latestServerTime)
    ? expiresAt - latestServerTime
    : plausibleLifeMs(expiresAt - (Date.now() - (now - sentAt)));
  const endsAt = sentAt + lifeMs;
  return hold(grant, endsAt, endsAt - now, () => drawDueAt(endsAt, lifeMs));
}

/** Places the token that a session begins with on its clock. Nothing says when its request was sent. */
export function holdGiven(grant: Grant, now: number): HeldToken {
  const { issuedAt, expiresAt } = grant;
  const wall = Date.now();
  const lifeMs = issuedAt === undefined ? LONGEST_LIFE_MS : expiresAt - issuedAt;
  const isNew = issuedAt !== undefined && Math.abs(wall - issuedAt) < NEW_MS;
  const endsAt = now + Math.min(lifeMs, expiresAt - wall);
  return hold(grant, endsAt, lifeMs, () => (isNew ? drawDueAt(endsAt, lifeMs) : now));
}

function hold({ token, expiresAt }: Grant, endsAt: number, leftMs: number, draw: () => number): HeldToken {
  let drawn: number | undefined;
  return {
    token,
    expiresAt,
    usableUntil: endsAt - UNUSABLE_BEFORE_END_MS,
    usableForMs: leftMs - UNUSABLE_BEFORE_END_MS,
    get dueAt() {
      drawn ??= draw();
      return drawn;
    },
  };
}

/** Whether a token is valid for so long. If no token lives for so long, it is enough that this one is valid. */
export function isValidFor(
  { usableUntil, usableForMs }: HeldToken,
  minValidityMs: number,
  now: number,
): boolean {
  const leftMs = usableUntil - now;
  return leftMs > 0 && (leftMs >= minValidityMs || usableForMs < minValidityMs);
}

function plausibleLifeMs(lifeMs: number): number {
  return lifeMs > 0 && lifeMs <= LONGEST_LIFE_MS ? lifeMs : DEFAULT_LIFE_MS;
}

/** Ahead of the end by a margin, and earlier still at random: sessions that began together do not renew together. */
function drawDueAt(endsAt: number, lifeMs: number): number {
  const marginMs = Math.min(120_000, Math.max(lifeMs / 4, Math.min(5000, lifeMs / 2)));
  return endsAt - marginMs - Math.random() * Math.min(lifeMs / 10, 30_000);
}
