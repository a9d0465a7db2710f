export type { paths } from "./bindings.ts";
export { RoomsClientTokens } from "./client.ts";
export { isRoomTokenError, RoomTokenError, type RoomTokenErrorCode } from "./errors.ts";
export type { RefreshedRoomToken, RoomTokenGrant } from "./grant.ts";
export type { CreateParams, RefreshParams } from "./operations.ts";
export type { ClientOptions, RequestOptions } from "./options.ts";
export type { AttemptEvent } from "./retry.ts";
