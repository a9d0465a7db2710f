export type { AttemptEvent } from "../errors/attempt-event.ts";
export type { ReadableHeaders } from "../errors/retry-after.ts";
export {
  isRoomTokenError,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenErrorInit,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "../errors/room-token-error.ts";
export type { GrantInput, GrantMembers, SavedRoomTokenGrant } from "./grant.ts";
export type { GetTokenOptions, RoomTokenSessionOptions } from "./options.ts";
export type { RenewalResult, ResponseInput } from "./renewal-result.ts";
export { RoomTokenSession } from "./session.ts";
export type { RoomTokenSessionSnapshot, RoomTokenSessionState } from "./snapshots.ts";
export { type StayInRoomOptions, type StayInRoomStatus, stayInRoom, type VideoRoom } from "./stay-in-room.ts";
