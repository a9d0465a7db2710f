import { InvalidGrant, readTime, readToken } from "../lib/grant.ts";
import { isObject, peek } from "../lib/values.ts";
import { jwtTimes } from "./jwt.ts";

/** A grant as this package or its JSON has it, or as Telnyx spells it. */
export interface GrantMembers {
  readonly token: string;
  /** When the token expires (RFC 3339). May be left out for a JWT that has `exp`. */
  readonly tokenExpiresAt?: Date | string | undefined;
  readonly token_expires_at?: string | undefined;
  /** Left out if the back end keeps refresh tokens to itself. */
  readonly refreshToken?: string | undefined;
  readonly refresh_token?: string | undefined;
  /** Not read: the server decides when a refresh token has expired. */
  readonly refreshTokenExpiresAt?: Date | string | undefined;
  readonly refresh_token_expires_at?: string | undefined;
}

/** A grant, on its own or as the `data` of a response of Telnyx or axios. */
export type GrantInput = GrantMembers | { readonly data: GrantMembers | { readonly data: GrantMembers } };

/** What a session holds, to be stored (also as JSON) and given to a new session. Both tokens are secrets. */
export interface SavedRoomTokenGrant {
  readonly token: string;
  /** When the token expires, in server time (RFC 3339). */
  readonly tokenExpiresAt: string;
  /** Absent if the back end keeps refresh tokens to itself. */
  readonly refreshToken?: string;
}

/** A grant that was read and checked. Its times are in epoch milliseconds of the server's clock. */
export interface Grant {
  readonly token: string;
  /** When the token was issued, if it says so. */
  readonly issuedAt: number | undefined;
  /** The earlier of the JWT's own `exp` and the `tokenExpiresAt` beside it. */
  readonly expiresAt: number;
  readonly refreshToken: string | undefined;
}

/**
 * Reads a grant in either spelling, on its own or under `data`.
 *
 * @throws InvalidGrant
 */
export function readGrant(value: unknown): Grant {
  const found = unwrap(value);
  const member = (ours: string, telnyx: string) => peek(found, ours) ?? peek(found, telnyx) ?? undefined;
  const token = readToken("token", peek(found, "token"));
  const { issuedAt, expiresAt = Infinity } = jwtTimes(token);
  const tokenExpiresAt = member("tokenExpiresAt", "token_expires_at");
  const isNeeded = tokenExpiresAt !== undefined || expiresAt === Infinity; // a JWT may have `exp` alone
  const statedAt = isNeeded ? readTime("tokenExpiresAt", tokenExpiresAt).getTime() : Infinity;
  const refreshToken = member("refreshToken", "refresh_token");
  return {
    token,
    issuedAt,
    expiresAt: Math.min(statedAt, expiresAt),
    refreshToken: refreshToken === undefined ? undefined : readToken("refreshToken", refreshToken),
  };
}

/** axios returns Telnyx's `{ data }` under a `data` of its own. */
function unwrap(value: unknown): object {
  let found = value;
  for (let depth = 0; depth < 2 && peek(found, "token") === undefined; depth++) {
    found = peek(found, "data") ?? found;
  }
  if (isObject(found)) return found;
  throw new InvalidGrant(found === null || found === undefined ? `${found}` : `a ${typeof found}`);
}
