/** The end of the year 9999: what is later cannot be written in RFC 3339. */
const LATEST_MS = 253_402_300_799_999;

/** `iat` and `exp` of a JWT (RFC 7519), in epoch milliseconds; undefined for one that it does not have. */
export function jwtTimes(token: string): {
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
} {
  const { iat, exp } = claimsOf(token);
  return { issuedAt: epochMs(iat), expiresAt: epochMs(exp) };
}

function claimsOf(token: string): { readonly iat?: unknown; readonly exp?: unknown } {
  const [, payload = ""] = token.split(".");
  try {
    return Object(JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {
    return {}; // not base64url, or not JSON
  }
}

function epochMs(secs: unknown): number | undefined {
  return typeof secs === "number" && secs >= 0 && secs * 1000 <= LATEST_MS ? secs * 1000 : undefined;
}
