import type { RoomTokenError } from "../errors/room-token-error.ts";
import type { ElapsedClock } from "./clock.ts";
import type { CurrentGrant } from "./current-grant.ts";
import { Emitter, type RoomTokenSessionState } from "./events.ts";
import type { HeldGrant } from "./held-grant.ts";

/** Tells the listeners of a session what has happened, once it is committed. */
export class Reporter extends Emitter {
  readonly #current: CurrentGrant;
  readonly #clock: ElapsedClock;
  #state: RoomTokenSessionState;
  #toldExpiring = false;

  /** @param state The state that the session begins in. */
  constructor(current: CurrentGrant, clock: ElapsedClock, state: RoomTokenSessionState) {
    super();
    this.#current = current;
    this.#clock = clock;
    this.#state = state;
  }

  /** Tells the state if it has changed, be it by the passing of time. */
  state(state: RoomTokenSessionState): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#state = state;
    this.emit("state", { state, previous });
  }

  /** @param retryInMs Absent where nothing will be tried again because of it. */
  error(error: RoomTokenError, retryInMs?: number): void {
    const retry = retryInMs === undefined ? { willRetry: false } : { willRetry: true, retryInMs };
    this.emit("error", { error, ...retry, tokenValidForMs: this.#current.validMs });
  }

  /** Tells a new token, and once that it was the last that the refresh token brings. */
  token({ grant, endsAt }: HeldGrant): void {
    const { isLast, validMs } = this.#current;
    const tokenExpiresAt = new Date(grant.tokenExpiresAt); // whoever is given a date can change it
    this.emit("token", { token: grant.token, tokenExpiresAt, validForMs: validMs });
    if (!isLast || this.#toldExpiring) return;
    this.#toldExpiring = true;
    this.emit("expiring", { at: new Date(Date.now() + endsAt - this.#clock.now()) });
  }
}
