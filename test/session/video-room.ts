import { getEventListeners } from "node:events";
import { beforeEach, onTestFinished, vi } from "vitest";
import { type StayInRoomStatus, stayInRoom, type VideoRoom } from "../../src/session/index.ts";
import { open as openSession, Server, settle } from "./support.ts";

type Listener = (...given: never[]) => void;

/** A room as @telnyx/video has it: its promises settle, or do not, as those of the real one. */
export class FakeRoom implements VideoRoom {
  readonly openedWith: string;
  status = "initialized";
  /** Every token that it was handed. */
  readonly tokens: string[] = [];
  /** Those that it had been handed before `connect`. */
  tokensBefore: readonly string[] = [];
  /** Whether it answers a new token at once. Otherwise it does so at `answerAll`. */
  answers = true;
  answerAll = (): void => {};
  disconnectCount = 0;
  readonly #listeners: [event: string, listener: Listener][] = [];
  #settleConnect: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor(clientToken: string) {
    this.openedWith = clientToken;
  }

  getState() {
    return { status: this.status, localParticipantId: "me" };
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
    this.tokensBefore = [...this.tokens];
    return new Promise((resolve, reject) => {
      this.#settleConnect = { resolve, reject };
    });
  }

  async connected(): Promise<void> {
    this.status = "connected";
    this.emit("connected");
    this.#settleConnect?.resolve();
    await settle();
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

  /** A moderator removes a participant. */
  kick(id: string): void {
    this.emit("participant_leaving", id, "kicked");
  }

  async disconnect(): Promise<void> {
    this.disconnectCount += 1;
    if (this.status !== "disconnected") this.lose("user_initiated");
  }

  updateClientToken(clientToken: string): Promise<void> {
    this.tokens.push(clientToken);
    if (this.answers) return Promise.resolve();
    return new Promise((resolve) => {
      this.answerAll = resolve;
    });
  }
}

/** The page's network, for each test of a file, and the listeners that are there. */
export function useNetwork() {
  let target = new EventTarget();
  const navigator = { onLine: true };
  beforeEach(() => {
    target = new EventTarget();
    navigator.onLine = true;
    vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
    vi.stubGlobal("navigator", navigator);
  });
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
  readonly ttlSecs?: number;
  /** @default a session on the server, with `create` alone */
  readonly session?: ReturnType<typeof openSession>;
  /** How long the opening of a room takes. */
  readonly openingMs?: number;
  /** Makes the nth room, or throws. */
  readonly open?: (clientToken: string, nth: number) => FakeRoom;
  readonly onStatus?: (status: StayInRoomStatus, cause: unknown) => unknown;
}

/** A page that stays in its room; a test steers its rooms. */
export function stay({ ttlSecs = 600, openingMs, onStatus, ...options }: StayOptions = {}) {
  const { server = Object.assign(new Server(), { ttlSecs }) } = options;
  const { session = openSession(server, { refresh: undefined }) } = options;
  const { open = (clientToken) => new FakeRoom(clientToken) } = options;
  const listeners = listenersOf(session);
  const rooms: FakeRoom[] = [];
  const statuses: [status: StayInRoomStatus, cause: unknown][] = [];
  /** When each room was opened. */
  const opened: number[] = [];
  const openRoom = async (clientToken: string) => {
    opened.push(Date.now());
    if (openingMs) await new Promise((resolve) => setTimeout(resolve, openingMs));
    const room = open(clientToken, opened.length);
    rooms.push(room);
    return room;
  };
  const leave = stayInRoom(session, openRoom, {
    onStatus: (status, cause) => {
      statuses.push([status, cause]);
      return onStatus?.(status, cause);
    },
  });
  onTestFinished(() => leave());
  return {
    server,
    session,
    listeners,
    rooms,
    statuses,
    opened,
    leave,
    /** The pauses between openings, in milliseconds. */
    get pauses(): number[] {
      return opened.slice(1).map((at, index) => at - (opened[index] ?? 0));
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
  await page.room.connected();
  return page;
}

/** The listeners that a session gets from now on, without those that were unsubscribed. */
function listenersOf(session: ReturnType<typeof openSession>): ReadonlySet<unknown> {
  const listeners = new Set<unknown>();
  const { subscribe } = session;
  const counting: typeof subscribe = (listener) => {
    const unsubscribe = subscribe(listener);
    listeners.add(listener);
    return () => {
      unsubscribe();
      listeners.delete(listener);
    };
  };
  Object.assign(session, { subscribe: counting });
  return listeners;
}
