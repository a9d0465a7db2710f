/** The page: a session, and rooms of @telnyx/video that it is attached to. The tests steer it from outside. */
import { initialize, type Room } from "@telnyx/video";
import { attachRoom, RoomTokenSession } from "../../src/session/index.ts";

const roomId = document.body.dataset["roomId"] ?? "";

const session = new RoomTokenSession({
  create: ({ signal }) => fetch("/token", { method: "POST", signal }),
  refresh: ({ refreshToken, signal }) =>
    fetch("/token/refresh", { method: "POST", body: JSON.stringify({ refreshToken }), signal }),
});
let before = session.getSnapshot();
session.subscribe((snapshot) => {
  const { state, token, error } = snapshot;
  if (token !== undefined && token !== before.token) console.info("session: a new token");
  if (error !== undefined && error !== before.error) console.info(`session: ${error.message}`);
  if (state !== before.state) console.info(`session: ${state}`);
  before = snapshot;
});

interface Connecting {
  /** The token that the session held when it began. */
  readonly tokenAtStart: string | undefined;
  /** "connected", or the reason for which the room was disconnected. */
  readonly outcome: string;
}

/** A room that the page has entered, first its lobby. */
class PageRoom {
  readonly #room: Room;
  readonly #disconnected: Promise<string>;

  constructor(room: Room) {
    this.#room = room;
    this.#disconnected = new Promise((resolve) => room.on("disconnected", resolve));
    room.on("connected", () => console.info("room: connected"));
    room.on("disconnected", (reason) => console.info(`room: disconnected, ${reason}`));
  }

  /** Leaves the lobby for the meeting. */
  async connect(): Promise<Connecting> {
    const tokenAtStart = session.grant?.token;
    // The room's own promise never settles when the gateway refuses the token.
    const connected = this.#room.connect().then(() => "connected");
    return { tokenAtStart, outcome: await Promise.race([connected, this.#disconnected]) };
  }

  /** Waits until this room is disconnected, then joins again: as a new room, with a new token. */
  rejoinWhenDisconnected(): Promise<Connecting> {
    return new Promise((resolve, reject) => {
      this.#room.on("disconnected", () =>
        rejoinWith(session.getToken({ forceRefresh: true })).then(resolve, reject),
      );
    });
  }
}

/** @param attached Whether the session hands the room its new tokens. */
async function enterLobby({ attached = true } = {}): Promise<PageRoom> {
  return enterWith(await session.getToken(), attached);
}

async function rejoinWith(token: Promise<string>): Promise<Connecting> {
  const room = await enterWith(await token, true);
  return room.connect();
}

async function enterWith(clientToken: string, attached: boolean): Promise<PageRoom> {
  const room = await initialize({ roomId, clientToken });
  if (attached) attachRoom(session, room);
  return new PageRoom(room);
}

declare global {
  interface Window {
    enterLobby: typeof enterLobby;
  }
}
window.enterLobby = enterLobby;
