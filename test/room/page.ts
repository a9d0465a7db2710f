/** A page that stays in its room, for the tests to steer. */
import { initialize, type Room } from "@telnyx/video";
import { RoomTokenSession, stayInRoom } from "../../src/session/index.ts";

const roomId = document.body.dataset["roomId"] ?? "";

interface PageOptions {
  readonly session?: RoomTokenSession;
  /** Called before the nth room is initialized. */
  readonly beforeOpen?: (nth: number) => unknown;
  /** Called with the nth room, which is not yet connected. */
  readonly onRoom?: (room: Room, nth: number) => unknown;
}

/** What a page did and saw. */
interface Stay {
  readonly session: RoomTokenSession;
  readonly leave: () => void;
  readonly rooms: Room[];
  /** "connecting", "connecting network_error", "connected". */
  readonly statuses: string[];
  /** What the page's own handlers were called with: "room 1 connected". */
  readonly events: string[];
  openedCount: number;
}

declare global {
  interface Window {
    newSession: () => RoomTokenSession;
    /** Stays in the room from now on. */
    begin: (options?: PageOptions) => void;
    stay: Stay;
  }
}

window.newSession = () => new RoomTokenSession({ endpoint: `/rooms/${roomId}/token` });

window.begin = ({ session = window.newSession(), beforeOpen, onRoom } = {}) => {
  const seen = { session, rooms: [] as Room[], statuses: [] as string[], events: [] as string[] };
  const add = (list: string[], line: string) => {
    list.push(line);
    console.info(line);
  };
  window.stay = { ...seen, openedCount: 0, leave: () => {} };
  const open = async (clientToken: string) => {
    const nth = ++window.stay.openedCount;
    await beforeOpen?.(nth);
    const room = await initialize({ roomId, clientToken });
    seen.rooms.push(room);
    room.on("connected", () => add(seen.events, `room ${nth} connected`));
    room.on("disconnected", (reason) => add(seen.events, `room ${nth} disconnected ${reason}`));
    await onRoom?.(room, nth);
    return room;
  };
  const onStatus = (status: string, cause: unknown) =>
    add(seen.statuses, cause === undefined ? status : `${status} ${nameOf(cause)}`);
  Object.assign(window.stay, { leave: stayInRoom(session, open, { onStatus }) });
};

/** The code of our errors, the message of others; a reason of the SDK as it is. */
function nameOf(cause: unknown): string {
  const { code, message = cause } = Object(cause);
  return String(code ?? message);
}
