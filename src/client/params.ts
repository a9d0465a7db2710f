import {
  assertArgument,
  type MemberTable,
  NON_EMPTY_STRING,
  readMembers,
  TTL_SECS,
} from "../errors/arguments.ts";
import type { RoomTokenGrant } from "../lib/grant.ts";

/** The lifetimes that `create` requests. */
export interface CreateParams {
  /**
   * Lifetime of the client token, in seconds: a whole number; Telnyx accepts 10 to 3600.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
  /**
   * Lifetime of the refresh token, in seconds: a whole number; Telnyx accepts 60 to 86400.
   * @default 3600, by Telnyx
   */
  readonly refreshTokenTtlSecs?: number | undefined;
}

/** What `refresh` needs. A grant has it, so `refresh(roomId, grant)` works. */
export interface RefreshParams {
  /** The refresh token of the grant. It is not rotated: the same one is used until it expires. */
  readonly refreshToken: string;
  /**
   * Lifetime of the new client token, in seconds: a whole number; Telnyx accepts 10 to 3600.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
}

const CREATE_PARAMS = {
  tokenTtlSecs: { rule: TTL_SECS },
  refreshTokenTtlSecs: { rule: TTL_SECS },
} satisfies MemberTable<CreateParams>;

const REFRESH_PARAMS = {
  refreshToken: { rule: NON_EMPTY_STRING },
  tokenTtlSecs: { rule: TTL_SECS },
} satisfies MemberTable<RefreshParams>;

/** The members of a grant that a refresh does not need. */
const OTHER_MEMBERS_OF_A_GRANT = [
  "token",
  "tokenExpiresAt",
  "refreshTokenExpiresAt",
] satisfies (keyof RoomTokenGrant)[];

/**
 * Checks the parameters of a create.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function readCreateParams(params: CreateParams): CreateParams {
  return readMembers("params", params, CREATE_PARAMS, "create");
}

/**
 * Checks the parameters of a refresh.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function readRefreshParams(params: RefreshParams): RefreshParams {
  const read = readMembers("params", params, REFRESH_PARAMS, "refresh", OTHER_MEMBERS_OF_A_GRANT);
  assertArgument("refreshToken", read.refreshToken, NON_EMPTY_STRING, "refresh"); // readMembers passes over undefined
  return read;
}
