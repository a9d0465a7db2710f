/** A page that stays in its room, for the tests to steer. */
import { initialize, type Room } from "@telnyx/video";
import { RoomTokenSession, stayInRoom } from "../../src/session/index.ts";

/** What a page did and saw. */
interface Stay {
  readonly session: RoomTokenSession;
  readonly rooms: Room[];
  /** "connecting", "connecting network_error", "connected". */
  readonly statuses: string[];
  openedCount: number;
  leave: () => void;
}

declare global {
  interface Window {
    /** Stays in the room from now on. `onRoom` gets the nth room, which is not yet connected, and is awaited. */
    begin: (onRoom?: (room: Room, nth: number) => unknown) => void;
    stay: Stay;
  }
}

window.begin = (onRoom) => {
  const roomId = document.body.dataset["roomId"] ?? "";
  const session = new RoomTokenSession({ endpoint: `/rooms/${roomId}/token` });
  const stay: Stay = { session, rooms: [], statuses: [], openedCount: 0, leave: () => {} };
  window.stay = stay;
  const open = async (clientToken: string) => {
    const nth = ++stay.openedCount;
    const room = await initialize({ roomId, clientToken });
    stay.rooms.push(room);
    await onRoom?.(room, nth);
    return room;
  };
  const onStatus = (status: string, cause: unknown) => {
    stay.statuses.push(cause === undefined ? status : `${status} ${nameOf(cause)}`);
    console.info(stay.statuses.at(-1));
  };
  stay.leave = stayInRoom(session, open, { onStatus });
};

/** The code of our errors, the message of others; a reason of the SDK as it is. */
function nameOf(cause: unknown): string {
  const { code, message = cause } = Object(cause);
  return String(code ?? message);
}
