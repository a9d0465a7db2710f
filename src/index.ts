export type { paths } from "../generated/rooms-client-tokens.ts";
export { RoomsClientTokens } from "./client.ts";
export type { ReadableHeaders } from "./errors/retry-after.ts";
export {
  isRoomTokenError,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenErrorInit,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "./errors/room-token-error.ts";
export type { RefreshedRoomToken, RoomTokenGrant } from "./grants.ts";
export type { AttemptEvent, ClientOptions, RequestOptions } from "./options.ts";
export type { CreateParams, RefreshParams } from "./params.ts";
export type { Fetch, FetchInit, FetchResponse } from "./transport/fetch.ts";
