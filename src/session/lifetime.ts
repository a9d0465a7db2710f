/** The longest life that Telnyx gives a token, and a minute for a clock that is off. */
const LONGEST_BELIEVED_MS = 3_660_000;
/** The life that Telnyx gives a token where none is asked for. */
const DEFAULT_LIFE_MS = 600_000;
/** `iat` and `exp` are whole seconds: the last second is not relied on. */
export const DEAD_BEFORE_END_MS = 1000;

/** `exp - iat` of a JWT (RFC 7519), in milliseconds; undefined where the token is something else. */
export function claimedLifeMs(token: string): number | undefined {
  const [, payload = "", signature] = token.split(".");
  if (signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    const { exp, iat } = Object(claims);
    const lifeMs = typeof exp === "number" && typeof iat === "number" ? (exp - iat) * 1000 : 0;
    return lifeMs > 0 && lifeMs < Infinity ? lifeMs : undefined;
  } catch {
    return undefined; // not base64url, or no JSON
  }
}

/**
 * The life of a token that is no JWT, in milliseconds.
 *
 * @param statedMs What its expiry says by the local clock, which may be wrong.
 * @param askedMs The life that was asked for, where it is known: it holds where the local clock contradicts it.
 */
export function believedLifeMs(statedMs: number, askedMs: number | undefined): number {
  if (askedMs === undefined) {
    return statedMs > 0 && statedMs <= LONGEST_BELIEVED_MS ? statedMs : DEFAULT_LIFE_MS;
  }
  return statedMs >= 0.5 * askedMs && statedMs <= 1.5 * askedMs ? statedMs : askedMs;
}

/** How long before its end a token is renewed at the latest, in milliseconds. */
export function renewalMarginMs(lifeMs: number): number {
  return Math.min(120_000, Math.max(0.25 * lifeMs, Math.min(5000, 0.5 * lifeMs)));
}

/** How much earlier still, at random: sessions that began together do not renew together. */
export function drawJitterMs(lifeMs: number): number {
  return Math.random() * Math.min(0.1 * lifeMs, 30_000);
}

/** How long before its end a refresh token renews for the last time, if nothing can take its place. */
export function lastRefreshMarginMs(refreshLifeMs: number): number {
  return refreshLifeMs < 120_000 ? 5000 : 30_000;
}
