/** The page: a session, and rooms of @telnyx/video that it is attached to. The tests steer it from outside. */
import { initialize, type Room } from "@telnyx/video";
import { RoomTokenSession } from "../../src/session/index.ts";

const roomId = document.body.dataset["roomId"] ?? "";

const session = new RoomTokenSession({
  create: ({ signal }) => fetch("/token", { method: "POST", signal }),
  refresh: ({ refreshToken, signal }) =>
    fetch("/token/refresh", { method: "POST", body: JSON.stringify({ refreshToken }), signal }),
});
session.on("token", () => console.info("session: a new token"));
session.on("state", ({ state }) => console.info(`session: ${state}`));
session.on("error", ({ error }) => console.info(`session: ${error.message}`));

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
  rejoinWhenDisconnected(newToken: keyof typeof NEW_TOKEN): Promise<Connecting> {
    return new Promise((resolve, reject) => {
      this.#room.on("disconnected", () => rejoinWith(NEW_TOKEN[newToken]()).then(resolve, reject));
    });
  }
}

/** The two ways in which a page may get a new token after a disconnect. */
const NEW_TOKEN = {
  /** It leaves the renewal to the session. */
  awaited: () =>
    new Promise<string>((resolve) => {
      const off = session.on("token", ({ token }) => {
        off();
        resolve(token);
      });
    }),
  /** It asks for a renewal itself, in the same moment as the session. */
  forced: () => session.getToken({ forceRefresh: true }),
};

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
  if (attached) session.attach(room);
  return new PageRoom(room);
}

declare global {
  interface Window {
    enterLobby: typeof enterLobby;
  }
}
window.enterLobby = enterLobby;
