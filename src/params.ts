import { check, checkSpelling, FILLED, OBJECT, TTL, UUID } from "./checks.ts";

/** The lifetimes that `create` asks for. */
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

/** What `refresh` needs. */
export interface RefreshParams {
  /** The refresh token of the grant. It is not rotated: the same one is used until it expires. */
  readonly refreshToken: string;
  /**
   * Lifetime of the new client token, in seconds: a whole number; Telnyx accepts 10 to 3600.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
}

/** Checks the arguments of a create, each read once. */
export function createParams(roomId: string, params: CreateParams): CreateParams {
  check(OBJECT, { params }, "create");
  checkSpelling("params", params, ["tokenTtlSecs", "refreshTokenTtlSecs"], "create");
  const { tokenTtlSecs, refreshTokenTtlSecs } = params;
  check(UUID, { roomId }, "create");
  check(TTL, { tokenTtlSecs, refreshTokenTtlSecs }, "create");
  return { tokenTtlSecs, refreshTokenTtlSecs };
}

/** Checks the arguments of a refresh, each read once. */
export function refreshParams(roomId: string, params: RefreshParams): RefreshParams {
  check(OBJECT, { params }, "refresh");
  checkSpelling("params", params, ["refreshToken", "tokenTtlSecs"], "refresh");
  const { refreshToken, tokenTtlSecs } = params;
  check(UUID, { roomId }, "refresh");
  check(FILLED, { refreshToken }, "refresh");
  check(TTL, { tokenTtlSecs }, "refresh");
  return { refreshToken, tokenTtlSecs };
}
