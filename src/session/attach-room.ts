import type { RoomTokenSession } from "./session.ts";

/** The part of a `Room` of @telnyx/video that is used. */
export interface AttachableRoom {
  on(event: "connected", listener: () => void): () => void;
  getState(): { readonly status: string };
  updateClientToken(clientToken: string): Promise<void>;
}

/**
 * Starts a session, and hands a room every new token unless it is disconnected. Reconnecting is left to the page, with
 * `getToken({ forceRefresh: true })`.
 *
 * @returns The function that detaches the room. The session goes on.
 * @throws RoomTokenError `session_closed`.
 */
export function attachRoom(session: RoomTokenSession, room: AttachableRoom): () => void {
  let handedOver: string | undefined;
  const handOver = async () => {
    const { token } = session.getSnapshot();
    if (token === undefined || token === handedOver || room.getState().status === "disconnected") return;
    handedOver = token;
    await room.updateClientToken(token);
  };
  session.start();
  const removers = [session.subscribe(handOver), room.on("connected", () => handOver().catch(() => {}))];
  return () => {
    for (const remove of removers) remove();
  };
}
