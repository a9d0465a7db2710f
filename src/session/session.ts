import { check } from "../checks.ts";
import { invalidArgument } from "../errors.ts";
import { onPageWake } from "./clock.ts";
import type { RoomTokenSessionEvents, RoomTokenSessionState } from "./events.ts";
import type { SavedRoomTokenGrant } from "./grants.ts";
import { Keeper } from "./keeper.ts";
import { type GetTokenOptions, type RoomTokenSessionOptions, sessionSettings } from "./options.ts";
import { type AttachableRoom, attachRoom } from "./room.ts";

/**
 * Keeps one room's client token valid, through sleep, bad networks, wrong clocks and dead refresh tokens. It
 * has no API key, reads no environment, and runs in pages as well as on servers.
 *
 * On a worker a session belongs to the request that made it: a token awaited in another request would hang.
 *
 * @example
 * ```ts
 * const session = new RoomTokenSession({ roomId, create: () => fetchGrantFromMyBackEnd(roomId) });
 * const room = await initialize({ roomId, clientToken: await session.getToken() });
 * const detach = session.attach(room);
 * ```
 */
export class RoomTokenSession {
  readonly #keeper: Keeper;
  #leavePage: (() => void) | undefined;

  /**
   * @param options Each is checked and read once, here. No request is made, no timer set, no number drawn.
   * @throws RoomTokenError `invalid_argument`: an option breaks its rule, or neither `grant` nor `create` is given.
   */
  constructor(options: RoomTokenSessionOptions) {
    check({ options });
    this.#keeper = new Keeper(sessionSettings(options), options.grant);
  }

  /** Where the session stands now. */
  get state(): RoomTokenSessionState {
    return this.#keeper.state;
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
    const { held, clock } = this.#keeper;
    if (held === undefined) return undefined;
    const { tokenExpiresAt, refreshTokenExpiresAt } = held.grant;
    return {
      ...held.grant,
      tokenExpiresAt: new Date(tokenExpiresAt), // a date can be changed by whom it is given to
      refreshTokenExpiresAt: new Date(refreshTokenExpiresAt),
      ...(held.measured && { receivedAt: Date.now() - (clock.now() - held.bornAt) }),
    };
  }

  /**
   * Calls `listener` on every event of that name, once the state is committed. What it throws or rejects with
   * is dropped.
   *
   * @returns What removes the listener; `close` removes them all.
   */
  on<Name extends keyof RoomTokenSessionEvents>(
    name: Name,
    listener: (event: RoomTokenSessionEvents[Name]) => unknown,
  ): () => void {
    return this.#keeper.events.on(name, listener);
  }

  /**
   * A token that is valid now. A fresh one comes at once; so does a stale one, while one renewal goes on in the
   * background; instead of a dead one the next renewal's token, or its error, is awaited. All callers share it.
   *
   * @throws RoomTokenError `session_closed`; `session_expired`: no further token can be had; `invalid_argument`;
   * or what the renewal failed with, at once and with `retryAfterMs` where the next one is more than
   * `timeoutMs` away.
   * @throws the reason of `options.signal`, unchanged.
   */
  async getToken(options: GetTokenOptions = {}): Promise<string> {
    check({ options });
    const { minValidityMs = 0, forceRefresh = false, signal } = options;
    check({ signal });
    if (!(minValidityMs >= 0)) throw invalidArgument("minValidityMs", "a number of milliseconds from 0");
    if (signal?.aborted) throw signal.reason;
    return this.#keeper.token(minValidityMs, forceRefresh, signal);
  }

  /** Renews in the background from now on, ahead of the token's end. May be stopped and started again. */
  start(): void {
    const keeper = this.#keeper;
    if (keeper.started || this.state === "closed") return;
    keeper.started = true;
    this.#leavePage = onPageWake(keeper);
    keeper.tick();
  }

  /**
   * Ends the renewing in the background. `getToken` goes on to work, and a room that is attached goes on to cause
   * a forced refresh when it is disconnected.
   */
  stop(): void {
    this.#leavePage?.();
    this.#keeper.started = false;
    this.#keeper.tick();
  }

  /**
   * Ends the session for good: the request under way is aborted, who waits gets `session_closed`, both tokens
   * are forgotten, rooms are detached, and after a last `state` event the listeners are removed.
   */
  close(): void {
    if (this.state === "closed") return; // a listener may close it again
    this.#leavePage?.();
    this.#keeper.close();
  }

  /**
   * Starts the session, and hands a room of @telnyx/video every new token while it is connected. A disconnect
   * that may be the token's fault causes one forced refresh, at most one in 30 seconds; reconnecting is left to
   * the page: with `getToken({ forceRefresh: true })`, which in the same turn shares that refresh.
   *
   * @returns What detaches the room again; the session goes on.
   */
  attach(room: AttachableRoom): () => void {
    this.start(); // does nothing once closed; a listener may close
    if (this.state === "closed") return () => {};
    return attachRoom(room, this.#keeper);
  }

  static {
    // Node's inspect would otherwise call the getters when it is asked to, and show both tokens.
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    Object.defineProperty(RoomTokenSession.prototype, inspect, { value: () => "RoomTokenSession {}" });
  }
}
