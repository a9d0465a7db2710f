import { assertArgument, FUNCTION } from "../errors/arguments.ts";
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
   * while the session is not started and nobody waits. It may lie in the past while a request is under way.
   */
  readonly retryAt: number | undefined;
}

export function stateOf(token: string | undefined, error: RoomTokenError | undefined): RoomTokenSessionState {
  if (error) return token ? "degraded" : "failed";
  return token ? "ready" : "idle";
}

/** Takes snapshots of a session, and calls its listeners at each change. */
export class Snapshots {
  readonly #read: () => RoomTokenSessionSnapshot;
  /** Each calls one listener, unless that has already got the latest snapshot. */
  readonly #notifiers: Set<() => void> = new Set();
  #latest: RoomTokenSessionSnapshot | undefined;

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
  subscribe(listener: (snapshot: RoomTokenSessionSnapshot) => unknown): () => void {
    assertArgument("listener", listener, FUNCTION);
    let notified: RoomTokenSessionSnapshot | undefined;
    const notifier = () => {
      const snapshot = this.get();
      if (snapshot === notified) return;
      notified = snapshot;
      callListener(listener, snapshot);
    };
    notifier();
    this.#notifiers.add(notifier);
    this.notify(); // the others as well: a token may have expired unnoticed
    return () => void this.#notifiers.delete(notifier);
  }

  /** Calls the listeners if something has changed. They may add and remove listeners, and cause further changes. */
  notify(): void {
    for (const notifier of this.#notifiers) notifier();
    if (this.get().state === "closed") this.#notifiers.clear();
  }
}

function isSame(a: RoomTokenSessionSnapshot, b: RoomTokenSessionSnapshot): boolean {
  return a.token === b.token && a.state === b.state && a.error === b.error && a.retryAt === b.retryAt;
}
