import { invalidArgument } from "../errors/arguments.ts";
import type { RoomTokenError } from "../errors/room-token-error.ts";
import { callListener } from "./listener.ts";

/**
 * The state of a session. With a valid token `ready`, or `degraded` if the last renewal failed; without one `idle`, or
 * `failed` if the last renewal failed. `closed` after {@link RoomTokenSession.close}, the only final state.
 */
export type RoomTokenSessionState = "idle" | "ready" | "degraded" | "failed" | "closed";

/** What a session shows. Frozen; the same object until something in it changes. */
export interface RoomTokenSessionSnapshot {
  readonly state: RoomTokenSessionState;
  /** The token, only while it is valid. A secret. */
  readonly token: string | undefined;
  /** The error of the last renewal, if that failed. Its `retryable` is false if the back end refused. */
  readonly error: RoomTokenError | undefined;
  /**
   * After a failed renewal, when the next attempt in turn begins, in epoch milliseconds of the device's clock; undefined
   * while the session is not started and nobody waits. In the past while a request is under way.
   */
  readonly retryAt: number | undefined;
}

export function stateOf(token: string | undefined, error: RoomTokenError | undefined): RoomTokenSessionState {
  if (error !== undefined) return token === undefined ? "failed" : "degraded";
  return token === undefined ? "idle" : "ready";
}

type Listener = (snapshot: RoomTokenSessionSnapshot) => unknown;

/** Takes snapshots of a session, and calls its listeners at each change. */
export class Snapshots {
  readonly #read: () => RoomTokenSessionSnapshot;
  readonly #listeners: Set<{ readonly listener: Listener }> = new Set();
  #latest: RoomTokenSessionSnapshot | undefined;
  /** What the listeners were called with last: since then a token may have expired unnoticed. */
  #notified: RoomTokenSessionSnapshot | undefined;

  /** @param read Reads the session's state. */
  constructor(read: () => RoomTokenSessionSnapshot) {
    this.#read = read;
  }

  get(): RoomTokenSessionSnapshot {
    const next = this.#read();
    if (this.#latest === undefined || !isSame(this.#latest, next)) this.#latest = Object.freeze(next);
    return this.#latest;
  }

  /** Calls the listener now and at every change. Returns the function that removes it. */
  subscribe(listener: Listener): () => void {
    if (typeof listener !== "function") throw invalidArgument("listener", "must be a function");
    this.notify(); // the others, of what was not noticed yet
    const entry = { listener };
    this.#listeners.add(entry);
    callListener(listener, this.get());
    return () => void this.#listeners.delete(entry);
  }

  /** Calls the listeners if something has changed. */
  notify(): void {
    const snapshot = this.get();
    if (snapshot === this.#notified) return;
    this.#notified = snapshot;
    for (const entry of [...this.#listeners]) {
      // A listener may remove another one, or cause a change, of which all are notified then.
      if (this.#notified === snapshot && this.#listeners.has(entry)) callListener(entry.listener, snapshot);
    }
    if (snapshot.state === "closed") this.#listeners.clear();
  }
}

function isSame(a: RoomTokenSessionSnapshot, b: RoomTokenSessionSnapshot): boolean {
  return a.token === b.token && a.state === b.state && a.error === b.error && a.retryAt === b.retryAt;
}
