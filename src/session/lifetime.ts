import type { RoomTokenGrant } from "../grant.ts";
import { parseObject } from "../json.ts";

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
export function hold(
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
