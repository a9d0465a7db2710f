import { getEventListeners } from "node:events";
import { onTestFinished, vi } from "vitest";
import { type StayInRoomStatus, stayInRoom, type VideoRoom } from "../../src/session/index.ts";
import { open as openSession, Server, settle } from "./support.ts";

type Listener = (...given: never[]) => void;

/** A room as @telnyx/video has it: its promises settle, or do not, as those of the real one. */
export class FakeRoom implements VideoRoom {
  readonly localParticipantId = "me";
  status = "initialized";
  /** Every token that it was handed. */
  readonly tokens: string[] = [];
  /** Whether it answers a new token. The answer to one never comes later. */
  answers = true;
  disconnectCount = 0;
  readonly #openedWith: string;
  readonly #listeners: [event: string, listener: Listener][] = [];
  #settleConnect: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor(clientToken: string) {
    this.#openedWith = clientToken;
  }

  get openedWith(): string {
    return this.#openedWith;
  }

  getState() {
    const { status, localParticipantId } = this;
    return { status, localParticipantId };
  }

  on(event: string, listener: Listener): () => void {
    this.#listeners.push([event, listener]);
    return () => {};
  }

  emit(event: string, ...given: unknown[]): void {
    for (const [name, listener] of this.#listeners) if (name === event) listener(...(given as never[]));
  }

  connect(): Promise<void> {
    this.status = "connecting";
    return new Promise((resolve, reject) => {
      this.#settleConnect = { resolve, reject };
    });
  }

  connected(): void {
    this.status = "connected";
    this.emit("connected");
    this.#settleConnect?.resolve();
  }

  /** Ends, for one of the SDK's reasons. A `connect` under way never settles then. */
  lose(reason: string): void {
    this.status = "disconnected";
    this.emit("disconnected", reason);
  }

  /** Ends as a room does whose `connect` throws: its socket is still open. */
  failToConnect(error: Error): void {
    this.lose("network_error");
    this.#settleConnect?.reject(error);
  }

  async disconnect(): Promise<void> {
    this.disconnectCount += 1;
    if (this.status !== "disconnected") this.lose("user_initiated");
  }

  updateClientToken(clientToken: string): Promise<void> {
    this.tokens.push(clientToken);
    return this.answers ? Promise.resolve() : new Promise(() => {});
  }
}

/** The page's network, and the listeners that are there. */
export function stubNetwork() {
  const target = new EventTarget();
  const navigator = { onLine: true };
  vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
  vi.stubGlobal("navigator", navigator);
  return {
    set isOnline(isOnline: boolean) {
      navigator.onLine = isOnline;
      target.dispatchEvent(new Event(isOnline ? "online" : "offline"));
    },
    get listenerCount(): number {
      return getEventListeners(target, "online").length;
    },
  };
}

interface StayOptions {
  readonly server?: Server;
  readonly session?: ReturnType<typeof openSession>;
  /** Makes the nth room, or throws. */
  readonly open?: (clientToken: string, nth: number) => FakeRoom | Promise<FakeRoom>;
  readonly onStatus?: (status: StayInRoomStatus, cause: unknown) => unknown;
}

/** A page that stays in its room; a test steers its rooms. */
export function stay(options: StayOptions = {}) {
  const { server = new Server(), open = (clientToken) => new FakeRoom(clientToken), onStatus } = options;
  const { session = openSession(server, { refresh: undefined }) } = options;
  const rooms: FakeRoom[] = [];
  const statuses: [status: StayInRoomStatus, cause: unknown][] = [];
  /** When each room was opened, in milliseconds since the first. */
  const opened: number[] = [];
  const leave = stayInRoom(
    session,
    async (clientToken) => {
      opened.push(Date.now());
      const room = await open(clientToken, opened.length);
      rooms.push(room);
      return room;
    },
    {
      onStatus: (status, cause) => {
        statuses.push([status, cause]);
        return onStatus?.(status, cause);
      },
    },
  );
  onTestFinished(() => leave());
  return {
    server,
    session,
    rooms,
    statuses,
    leave,
    /** The pauses between openings, in milliseconds. */
    get pauses(): number[] {
      return opened.slice(1).map((at, index) => at - (opened[index] ?? 0));
    },
    get openedCount(): number {
      return opened.length;
    },
    /** The newest room. */
    get room(): FakeRoom {
      const room = rooms.at(-1);
      if (room === undefined) throw new Error("no room was opened");
      return room;
    },
    /** The newest status with its cause. */
    get last(): [status: StayInRoomStatus, cause: unknown] | undefined {
      return statuses.at(-1);
    },
  };
}

/** A page that is in its room. */
export async function stayConnected(options: StayOptions = {}) {
  const page = stay(options);
  await settle();
  page.room.connected();
  await settle();
  return page;
}
