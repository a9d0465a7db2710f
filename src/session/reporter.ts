import type { RoomTokenError } from "../errors/room-token-error.ts";
import { readRefreshed } from "./callback-answer.ts";
import type { Now } from "./clock.ts";
import type { CurrentGrant } from "./current-grant.ts";
import { Emitter, type RoomTokenSessionState } from "./events.ts";
import type { HeldGrant } from "./held-grant.ts";

/** Tells the listeners of a session what has happened, once it is committed. */
export class Reporter extends Emitter {
  readonly #current: CurrentGrant;
  readonly #now: Now;
  #state: RoomTokenSessionState;
  #toldExpiring = false;

  /** @param state The state that the session begins in. */
  constructor(current: CurrentGrant, now: Now, state: RoomTokenSessionState) {
    super();
    this.#current = current;
    this.#now = now;
    this.#state = state;
  }

  /** Tells the state if it has changed; time alone can change it. */
  state(state: RoomTokenSessionState): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#state = state;
    this.emit("state", { state, previous });
  }

  /** @param retryInMs Absent where nothing will be tried again because of it. */
  error(error: RoomTokenError, retryInMs?: number): void {
    const { validMs } = this.#current;
    this.emit("error", { error, willRetry: retryInMs !== undefined, retryInMs, tokenValidForMs: validMs });
  }

  /** Tells a new token, and once that it was the last that the refresh token brings. */
  token({ grant, endsAt }: HeldGrant): void {
    const { isLast, validMs } = this.#current;
    // A copy: whoever is given a date can change it.
    this.emit("token", { ...readRefreshed({ ...grant, receivedAt: undefined }), validForMs: validMs });
    if (!isLast || this.#toldExpiring) return;
    this.#toldExpiring = true;
    this.emit("expiring", { at: new Date(Date.now() + endsAt - this.#now()) });
  }
}
