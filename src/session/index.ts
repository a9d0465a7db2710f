export type { RefreshedRoomToken, RoomTokenGrant } from "../bindings.ts";
export { isRoomTokenError, RoomTokenError, type RoomTokenErrorCode } from "../errors.ts";
export type { RoomTokenSessionEvents, RoomTokenSessionState } from "./events.ts";
export type { RefreshedRoomTokenInput, RoomTokenGrantInput, SavedRoomTokenGrant } from "./grants.ts";
export type { GetTokenOptions, RoomTokenSessionOptions } from "./options.ts";
export type { AttachableRoom } from "./room.ts";
export { RoomTokenSession } from "./session.ts";
