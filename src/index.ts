export type { paths } from "../generated/rooms-client-tokens.ts";
export { RoomTokenClient } from "./client/client.ts";
export type { Fetch, FetchInit, FetchResponse } from "./client/fetch.ts";
export type { ClientAttemptEvent, ClientOptions, RequestOptions } from "./client/options.ts";
export type { CreateParams, RefreshParams } from "./client/params.ts";
export {
  createTokenResponse,
  type TokenResponse,
  type TokenResponseOptions,
} from "./client/token-response.ts";
export type { AttemptEvent } from "./errors/attempt-event.ts";
export type { ReadableHeaders } from "./errors/retry-after.ts";
export {
  isRoomTokenError,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenErrorInit,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "./errors/room-token-error.ts";
export type { RefreshedRoomToken, RoomTokenGrant } from "./lib/grant.ts";
