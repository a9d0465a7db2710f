import { invalidArgument } from "../errors/arguments.ts";
import type { RoomTokenError } from "../errors/room-token-error.ts";

/**
 * The state of a session, the first that matches: `closed` by {@link RoomTokenSession.close}, the only final one;
 * with a valid token `degraded` if the last renewal failed, else `ready`; without one `failed` if the last
 * renewal was refused, `expired` if a token was ever held, else `idle`.
 */
export type RoomTokenSessionState = "idle" | "ready" | "degraded" | "expired" | "failed" | "closed";

/** The events of a session and what their listeners are given. */
export interface RoomTokenSessionEvents {
  /** A new token is in use. Each comes once, in the order of issue. The token is a secret. */
  token: {
    readonly token: string;
    readonly tokenExpiresAt: Date;
    /** For how many more milliseconds the token can be used. */
    readonly validForMs: number;
  };
  /** A renewal failed, or a room did not take a token. */
  error: {
    readonly error: RoomTokenError;
    /** Whether it is tried again. After a refusal a session that is not started waits to be asked. */
    readonly willRetry: boolean;
    /** In how many milliseconds it is tried again at the earliest; undefined where it is not. */
    readonly retryInMs?: number | undefined;
    /** For how many more milliseconds the token held can be used; 0 without one. */
    readonly tokenValidForMs: number;
  };
  /** Only without `create`: the last possible refresh has been made, and the token now held ends at `at`. */
  expiring: { readonly at: Date };
  /** The state has changed. */
  state: { readonly state: RoomTokenSessionState; readonly previous: RoomTokenSessionState };
}

const NAMES: readonly unknown[] = [
  "token",
  "error",
  "expiring",
  "state",
] satisfies (keyof RoomTokenSessionEvents)[];

/** Calls listeners. Nothing that they throw or reject with comes back to the session. */
export class Emitter {
  readonly #listeners: Set<{ name: unknown; listener: (event: never) => unknown }> = new Set();

  /** Adds a listener, and returns the function that removes it. */
  on<Name extends keyof RoomTokenSessionEvents>(
    name: Name,
    listener: (event: RoomTokenSessionEvents[Name]) => unknown,
  ): () => void {
    if (!NAMES.includes(name)) throw invalidArgument("name", `must be one of ${NAMES.join(", ")}`);
    if (typeof listener !== "function") throw invalidArgument("listener", "must be a function");
    const entry = { name, listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  emit<Name extends keyof RoomTokenSessionEvents>(name: Name, event: RoomTokenSessionEvents[Name]): void {
    // A listener added by another one is not called for this event; one removed by another is not either.
    for (const entry of [...this.#listeners]) {
      if (entry.name !== name || !this.#listeners.has(entry)) continue;
      const { listener } = entry;
      // The executor runs at once. Its promise catches what the listener throws, now or later.
      new Promise((resolve) => resolve(listener(event as never))).catch(tellThePage);
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** Reports what a listener threw, so that its author sees it; only in a page, where that ends nothing. */
function tellThePage(thrown: unknown): void {
  if (globalThis.document !== undefined) globalThis.reportError?.(thrown);
}
