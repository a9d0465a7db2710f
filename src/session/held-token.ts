import type { Grant } from "./grant.ts";

/** `iat` and `exp` are whole seconds: the last second is not relied on. */
const UNUSABLE_BEFORE_END_MS = 1000;
/** The longest life that Telnyx gives a token, and a minute for a clock that is off. */
const LONGEST_LIFE_MS = 3_660_000;
/** The life that Telnyx gives a token if none is requested. */
const DEFAULT_LIFE_MS = 600_000;
/** A given grant that was issued less than this ago, by the device's clock, counts as new. */
const NEW_MS = 60_000;

/** A token in use. Its times are of the session's clock. */
export interface HeldToken {
  readonly token: string;
  /** When it expires, in epoch milliseconds of the server's clock. */
  readonly expiresAtEpochMs: number;
  readonly usableUntil: number;
  /** How long it could be used when it arrived; for a token from the option `grant`, when it was issued. */
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
  const { issuedAt = -Infinity } = grant;
  const latestServerTime = Math.max(issuedAt, serverTime ?? -Infinity);
  const lifeMs = Number.isFinite(latestServerTime)
    ? grant.expiresAt - latestServerTime
    : plausibleLifeMs(grant.expiresAt - (Date.now() - (now - sentAt)));
  const expiresAt = sentAt + lifeMs;
  return hold(grant, expiresAt, expiresAt - now, () => drawDueAt(expiresAt, lifeMs));
}

/** Places the token of the option `grant` on the session's clock. When its request was sent is not known. */
export function holdGiven(grant: Grant, now: number): HeldToken {
  const { issuedAt } = grant;
  const wall = Date.now();
  const lifeMs = issuedAt === undefined ? LONGEST_LIFE_MS : grant.expiresAt - issuedAt;
  const isNew = issuedAt !== undefined && Math.abs(wall - issuedAt) < NEW_MS;
  const expiresAt = now + Math.min(lifeMs, grant.expiresAt - wall);
  return hold(grant, expiresAt, lifeMs, () => (isNew ? drawDueAt(expiresAt, lifeMs) : now));
}

function hold(grant: Grant, expiresAt: number, lifeMs: number, draw: () => number): HeldToken {
  let drawn: number | undefined;
  return {
    token: grant.token,
    expiresAtEpochMs: grant.expiresAt,
    usableUntil: expiresAt - UNUSABLE_BEFORE_END_MS,
    usableForMs: lifeMs - UNUSABLE_BEFORE_END_MS,
    get dueAt() {
      drawn ??= draw();
      return drawn;
    },
  };
}

/** Whether a token is valid for that long. If no token lives that long, it is enough that this one is valid. */
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

/** A margin before the token expires, less a random time: sessions that began together do not renew together. */
function drawDueAt(expiresAt: number, lifeMs: number): number {
  const marginMs = Math.min(120_000, Math.max(lifeMs / 4, Math.min(5000, lifeMs / 2)));
  return expiresAt - marginMs - Math.random() * Math.min(lifeMs / 10, 30_000);
}
