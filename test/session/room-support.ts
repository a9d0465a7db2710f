import type { AttachableRoom, RoomTokenSessionOptions } from "../../src/session/index.ts";
import { open, record, Server } from "./support.ts";

/** A room that behaves as that of @telnyx/video 1.0.2 does. */
export class Room implements AttachableRoom {
  status = "initialized";
  readonly taken: string[] = [];
  take: () => Promise<void> = async () => {};
  #listeners: { event: string; call: (reason: string) => void }[] = [];

  on(event: string, call: (reason: string) => void): () => void {
    const entry = { event, call };
    this.#listeners.push(entry);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  getState() {
    return { status: this.status };
  }

  updateClientToken(token: string): Promise<void> {
    this.taken.push(token);
    return this.take();
  }

  get listeners(): number {
    return this.#listeners.length;
  }

  connect(): void {
    this.status = "connected";
    this.#emit("connected", "");
  }

  disconnect(reason: string): void {
    this.status = "disconnected";
    this.#emit("disconnected", reason);
  }

  #emit(event: string, reason: string): void {
    for (const { event: name, call } of this.#listeners) if (name === event) call(reason);
  }
}

export function attached(status = "connected", options: Partial<RoomTokenSessionOptions> = {}) {
  const server = new Server();
  const session = open(server, options);
  const told = record(session);
  const room = new Room();
  room.status = status;
  const detach = session.attach(room);
  return { server, session, told, room, detach };
}
