import type { RoomTokenError } from "../errors.ts";

/**
 * Where a session stands. `idle`: no token yet. `ready`: a valid token. `degraded`: a valid token, but the last
 * renewal failed. `expired`: the token is dead, a renewal is awaited. `failed`: the token is dead and no other
 * can be had, for good. `closed`: by {@link RoomTokenSession.close}, for good.
 */
export type RoomTokenSessionState = "idle" | "ready" | "degraded" | "expired" | "failed" | "closed";

/** The events of a session and what their listeners are given. */
export interface RoomTokenSessionEvents {
  /** A new token is in use. Each comes once, in the order of issue. The token is a secret. */
  token: { readonly token: string; readonly tokenExpiresAt: Date };
  /** A renewal failed, a room did not take a token, or the session has ended (`session_expired`). */
  error: {
    readonly error: RoomTokenError;
    /** Whether it is tried again: by itself where it is started or awaited, else at the next `getToken`. */
    readonly willRetry: boolean;
    /** In how many milliseconds it tries again, at the earliest; absent where it does not. */
    readonly retryInMs?: number;
    /** For how many more milliseconds the token held can be used; 0 where there is none. */
    readonly tokenValidForMs: number;
  };
  /** The refresh token has renewed for the last time and there is no `create`: the session ends then. */
  expiring: { readonly at: Date };
  /** The state has changed. */
  state: { readonly state: RoomTokenSessionState; readonly previous: RoomTokenSessionState };
}

/** Calls listeners, and lets nothing that they throw or reject with come back. */
export class Emitter<Events extends object> {
  readonly #listeners: Set<{ name: keyof Events; listener: (event: never) => unknown }> = new Set();

  /** Adds a listener; the function returned removes it. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => unknown): () => void {
    const entry = { name, listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    // Whom another listener adds is not called for this event, and whom it removes is not any more.
    for (const entry of [...this.#listeners]) {
      if (entry.name !== name || !this.#listeners.has(entry)) continue;
      const { listener } = entry;
      // The executor runs at once; its promise takes up what the listener throws, now or later.
      new Promise((resolve) => resolve(listener(event as never))).catch(() => {});
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
