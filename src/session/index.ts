export type {
  RoomTokenErrorInit,
  RoomTokenOperation,
  TelnyxErrorDetail,
} from "../errors/room-token-error.ts";
export { isRoomTokenError, RoomTokenError, type RoomTokenErrorCode } from "../errors/room-token-error.ts";
export type { RefreshedRoomToken, RoomTokenGrant } from "../lib/grant.ts";
export type {
  CreateResult,
  GrantInput,
  RefreshedRoomTokenInput,
  RefreshResult,
  ResponseInput,
  RoomTokenGrantInput,
  TelnyxGrant,
  TelnyxRefreshedToken,
} from "./callback-answer.ts";
export type { RoomTokenSessionEvents, RoomTokenSessionState } from "./events.ts";
export type { GetTokenOptions, RoomTokenSessionOptions } from "./options.ts";
export type { AttachableRoom } from "./room.ts";
export { RoomTokenSession, type SavedRoomTokenGrant } from "./session.ts";
