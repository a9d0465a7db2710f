import type { AttemptSettings, BearerSource, Call } from "./attempt.ts";
import type { Bindings, CreateBody, RefreshBody } from "./bindings.ts";
import { checkObject, checkRefreshToken, checkRoomId, checkTtlSecs } from "./checks.ts";
import { type RefreshedRoomToken, type RoomTokenGrant, readGrant, readRefreshed } from "./grant.ts";

/** How long the tokens of a create shall live. */
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

/** What a refresh needs. */
export interface RefreshParams {
  /** The refresh token of the grant. It is not rotated: the same one is used until it expires. */
  readonly refreshToken: string;
  /**
   * Lifetime of the new client token, in seconds: a whole number; Telnyx accepts 10 to 3600.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
}

/** The call that mints, once its arguments are found good. */
export function createCall(
  bindings: Bindings,
  roomId: string,
  params: CreateParams,
  settings: AttemptSettings,
  bearer: BearerSource | undefined,
): Call<RoomTokenGrant> {
  const { tokenTtlSecs, refreshTokenTtlSecs } = checkObject("params", params, "create");
  checkRoomId(roomId, "create");
  checkTtlSecs("tokenTtlSecs", tokenTtlSecs, "create");
  checkTtlSecs("refreshTokenTtlSecs", refreshTokenTtlSecs, "create");
  const body: CreateBody = {};
  if (tokenTtlSecs !== undefined) body.token_ttl_secs = tokenTtlSecs;
  if (refreshTokenTtlSecs !== undefined) body.refresh_token_ttl_secs = refreshTokenTtlSecs;
  return {
    operation: "create",
    settings,
    bearer,
    secrets: [],
    send: (exchange) => bindings.create(roomId, body, exchange),
    read: readGrant,
  };
}

/** The call that refreshes, once its arguments are found good. It never carries a bearer. */
export function refreshCall(
  bindings: Bindings,
  roomId: string,
  params: RefreshParams,
  settings: AttemptSettings,
): Call<RefreshedRoomToken> {
  const { refreshToken, tokenTtlSecs } = checkObject("params", params, "refresh");
  checkRoomId(roomId, "refresh");
  checkRefreshToken(refreshToken, "refresh");
  checkTtlSecs("tokenTtlSecs", tokenTtlSecs, "refresh");
  const body: RefreshBody = { refresh_token: refreshToken };
  if (tokenTtlSecs !== undefined) body.token_ttl_secs = tokenTtlSecs;
  return {
    operation: "refresh",
    settings,
    secrets: [refreshToken],
    send: (exchange) => bindings.refresh(roomId, body, exchange),
    read: readRefreshed,
  };
}
