import { RoomTokenClient } from "../../src/index.ts";
import type { OperationId } from "./fragment-view.ts";

/** The room of the sandbox by default; a mock knows them all. */
export const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";

/** The last part of the path of each operation. */
const ACTIONS: Readonly<Record<OperationId, string>> = {
  CreateRoomClientToken: "generate_join_client_token",
  RefreshRoomClientToken: "refresh_client_token",
};

/** A client that calls once, whatever comes back; with `null` it has no key. */
export function client(
  baseUrl: string,
  fetch?: typeof globalThis.fetch,
  apiKey: string | null = "KEY_contract",
) {
  return new RoomTokenClient({ apiKey, baseUrl, maxRetries: 0, fetch });
}

/** Calls an operation of the facade with nothing but what it must have. */
export function call(roomTokens: RoomTokenClient, operationId: OperationId, prefer?: string) {
  const options = prefer === undefined ? {} : { headers: { Prefer: prefer } };
  return operationId === "CreateRoomClientToken"
    ? roomTokens.create(ROOM_ID, {}, options)
    : roomTokens.refresh(ROOM_ID, { refreshToken: "a-refresh-token" }, options);
}

/** A request that the facade would never send; as bytes, because fetch would declare a string as text/plain. */
export function rawCall(
  baseUrl: string,
  operationId: OperationId,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(`${baseUrl}/rooms/${ROOM_ID}/actions/${ACTIONS[operationId]}`, {
    method: "POST",
    headers,
    ...(body !== undefined && { body: new TextEncoder().encode(body) }),
  });
}
