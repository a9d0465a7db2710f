export type { CreateParams, paths, RefreshedRoomToken, RefreshParams, RoomTokenGrant } from "./bindings.ts";
export { RoomsClientTokens } from "./client.ts";
export { isRoomTokenError, RoomTokenError, type RoomTokenErrorCode } from "./errors.ts";
export type { ClientOptions, RequestOptions } from "./options.ts";
export type { AttemptEvent } from "./retry.ts";
