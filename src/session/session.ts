import { abortReason } from "../lib/abort.ts";
import type { RoomTokenGrant } from "../lib/grant.ts";
import { readGrant } from "./callback-answer.ts";
import type { RoomTokenSessionEvents, RoomTokenSessionState } from "./events.ts";
import {
  type GetTokenOptions,
  type RoomTokenSessionOptions,
  readGetTokenOptions,
  sessionSettings,
} from "./options.ts";
import { listenToPage } from "./page.ts";
import { Renewals } from "./renewals.ts";
import { type AttachableRoom, RoomAttachment } from "./room.ts";
import { closedError } from "./session-errors.ts";

/** What a session holds, for storing as an object or as JSON and giving to a new session. */
export interface SavedRoomTokenGrant extends RoomTokenGrant {
  /**
   * When the token was asked for, in epoch milliseconds of this device's clock. Absent where that is not known: in a
   * grant that was given without it, until the first renewal.
   */
  readonly receivedAt?: number;
}

/**
 * Keeps one room's client token valid, through sleep, bad networks, wrong clocks and dead refresh tokens. It
 * knows no HTTP, no API key and no environment: it renews by the callbacks that it is given.
 *
 * On a worker a session belongs to the request that made it: a token awaited in another request would hang.
 *
 * @example
 * ```ts
 * const session = new RoomTokenSession({
 *   create: ({ signal }) => fetch(`/rooms/${roomId}/token`, { method: "POST", signal }),
 * });
 * const room = await initialize({ roomId, clientToken: await session.getToken() });
 * const detach = session.attach(room);
 * ```
 */
export class RoomTokenSession {
  readonly #renewals: Renewals;
  #leavePage: (() => void) | undefined;

  /**
   * @param options Each is checked and read once, here. The constructor makes no request, sets no timer, uses no
   * random number, and without `grant` reads no clock.
   * @throws RoomTokenError `invalid_argument`: an option breaks its rule, or neither `create` nor `refresh` with
   * a `grant` is given.
   */
  constructor(options: RoomTokenSessionOptions) {
    this.#renewals = new Renewals(sessionSettings(options));
  }

  /** The session's state now. */
  get state(): RoomTokenSessionState {
    return this.#renewals.state;
  }

  /** For how many more milliseconds the token held can be used; 0 without a valid token. */
  get tokenValidForMs(): number {
    return this.#renewals.current.validMs;
  }

  /** When the token held expires, by the server's clock; undefined without a token. */
  get tokenExpiresAt(): Date | undefined {
    return this.grant?.tokenExpiresAt;
  }

  /** When the refresh token held expires, by the server's clock; undefined without one. */
  get refreshTokenExpiresAt(): Date | undefined {
    return this.grant?.refreshTokenExpiresAt;
  }

  /**
   * What the session holds now, for storing on purpose: both tokens are in it. A new session takes it up, also
   * from JSON, together with the token's age, which `receivedAt` carries where it is known.
   */
  get grant(): SavedRoomTokenGrant | undefined {
    const { now, current } = this.#renewals;
    const { held } = current;
    if (held === undefined) return undefined;
    return {
      ...readGrant({ ...held.grant, receivedAt: undefined }), // a copy: whoever is given a date can change it
      ...(held.ageKnown && { receivedAt: Date.now() - (now() - held.bornAt) }),
    };
  }

  /**
   * Calls `listener` on every event of that name, after the state is committed. What it throws or rejects with
   * never reaches the session; a page's `reportError` is told.
   *
   * @returns The function that removes the listener. `close` removes them all.
   * @throws RoomTokenError `invalid_argument`: there is no such event, or the listener is no function.
   */
  on<Name extends keyof RoomTokenSessionEvents>(
    name: Name,
    listener: (event: RoomTokenSessionEvents[Name]) => unknown,
  ): () => void {
    return this.#renewals.report.on(name, listener);
  }

  /**
   * Gives a token that is valid now. A fresh one comes at once; so does one that is due for renewal, while one renewal
   * goes on in the background. If there is none, or it has expired, waits for the next renewal and gives its token or
   * its error. All callers share that renewal.
   *
   * @throws RoomTokenError `session_closed`; `invalid_argument`; `session_expired`: without `create` the refresh
   * token is past its end and refused; or what the renewal failed with, at once and with `retryAfterMs` where it
   * was refused less than 30 s ago, or where the next attempt is more than `timeoutMs` away.
   * @throws the reason of `options.signal`, unchanged.
   */
  async getToken(options: GetTokenOptions = {}): Promise<string> {
    const { minValidityMs, forceRefresh, signal } = readGetTokenOptions(options);
    if (signal?.aborted) throw abortReason(signal);
    return this.#renewals.token(minValidityMs, forceRefresh, signal);
  }

  /**
   * Renews in the background from now on, ahead of the token's end. May be stopped and started again; does nothing
   * where it is started already.
   *
   * @throws RoomTokenError `session_closed`.
   */
  start(): void {
    const renewals = this.#renewals;
    if (this.state === "closed") throw closedError();
    if (renewals.isStarted) return;
    renewals.isStarted = true;
    this.#leavePage = listenToPage((isOnline) => renewals.wake(isOnline));
    renewals.tick();
  }

  /**
   * Ends the renewing in the background. Never throws. `getToken` goes on to work, and a room that is attached goes on
   * to cause a forced refresh when it is disconnected.
   */
  stop(): void {
    this.#leavePage?.();
    this.#renewals.isStarted = false;
    this.#renewals.tick();
  }

  /**
   * Ends the session for good: the request under way is aborted, who waits gets `session_closed`, both tokens
   * are forgotten, rooms are detached, and after a last `state` event the listeners are removed. Never throws; a
   * second call does nothing.
   */
  close(): void {
    if (this.state === "closed") return; // a listener may close it again
    this.#leavePage?.();
    this.#renewals.close();
  }

  /**
   * Starts the session, and hands a room of @telnyx/video every new token unless it is disconnected. A
   * disconnect that may be the token's fault causes one forced refresh, at most one in 30 seconds. Reconnecting
   * is left to the page: with `getToken({ forceRefresh: true })`, which in the same turn shares that refresh.
   *
   * @returns The function that detaches the room. The session goes on.
   * @throws RoomTokenError `session_closed`; `invalid_argument`: it is no room. What the room's own functions throw.
   */
  attach(room: AttachableRoom): () => void {
    if (this.state === "closed") throw closedError();
    const attachment = new RoomAttachment(room, this.#renewals);
    this.start();
    return () => attachment.detach();
  }
}

// Node's inspect would otherwise call the getters when it is asked to, and show both tokens.
Object.assign(RoomTokenSession.prototype, {
  [Symbol.for("nodejs.util.inspect.custom")]: () => "RoomTokenSession {}",
});
