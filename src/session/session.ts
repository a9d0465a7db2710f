import { abortReason } from "../lib/abort.ts";
import type { SavedRoomTokenGrant } from "./grant.ts";
import {
  type GetTokenOptions,
  type RoomTokenSessionOptions,
  readGetTokenOptions,
  readSessionOptions,
} from "./options.ts";
import { Renewals } from "./renewals.ts";
import type { RoomTokenSessionSnapshot } from "./snapshots.ts";

/**
 * Keeps one room's client token valid, through sleep, bad networks, wrong clocks and expired refresh tokens. It knows
 * no API key and no environment: it renews through your back end.
 *
 * On a worker a session belongs to the request that made it: a token awaited in another request would hang.
 *
 * @example
 * ```ts
 * const session = new RoomTokenSession({ endpoint: `/rooms/${roomId}/token` });
 * const room = await initialize({ roomId, clientToken: await session.getToken() });
 * ```
 */
export class RoomTokenSession {
  readonly #renewals: Renewals;

  /**
   * Makes no request, sets no timer, draws no random number, and without `grant` reads no clock.
   *
   * @param options Each is checked and read once, here.
   * @throws RoomTokenError `invalid_argument`: an option breaks its rule, or too many or too few are given.
   */
  constructor(options: RoomTokenSessionOptions) {
    this.#renewals = new Renewals(...readSessionOptions(options));
  }

  /** Returns what the session shows now: frozen, and the same object until something in it changes. Bound. */
  readonly getSnapshot = (): RoomTokenSessionSnapshot => this.#renewals.snapshots.get();

  /**
   * Calls `listener` with the snapshot, at once and after every change. What it throws or rejects with goes to
   * `reportError` in a page, and never reaches the session. Bound.
   *
   * @returns The function that removes the listener. `close` removes them all.
   * @throws RoomTokenError `invalid_argument`: the listener is not a function.
   */
  readonly subscribe = (listener: (snapshot: RoomTokenSessionSnapshot) => unknown): (() => void) =>
    this.#renewals.snapshots.subscribe(listener);

  /** How much longer the token held can be used, in milliseconds; 0 without a valid token. */
  get tokenValidForMs(): number {
    return this.#renewals.validForMs;
  }

  /**
   * What the session holds now, if you choose to store it: it contains both tokens. JSON keeps it as it is, and a new
   * session takes it as `grant`. It stays after the token has expired; undefined if nothing is held.
   */
  get grant(): SavedRoomTokenGrant | undefined {
    return this.#renewals.grant;
  }

  /**
   * Resolves to a token that is valid now. If the session holds one, that is at once; if its renewal is due, it is renewed
   * in the background. If there is none or it has expired, waits for the next renewal. All callers that wait share its
   * token or its error.
   *
   * @param options Which token is needed, and a signal that ends the waiting.
   * @throws RoomTokenError `session_closed`; `invalid_argument`; or the error of the renewal. If the last one failed and
   * the next begins more than `timeoutMs` from now, rejects at once with that error; its `retryAfterMs` says when.
   * @throws the reason of `options.signal`, unchanged.
   */
  async getToken(options: GetTokenOptions = {}): Promise<string> {
    const request = readGetTokenOptions(options);
    if (request.signal?.aborted) throw abortReason(request.signal);
    return this.#renewals.getToken(request);
  }

  /**
   * Renews in the background from now on, ahead of the token's end. May be called again after `stop`; on a started
   * session it tries again at once if the last renewal failed, as a page that is shown again does (React Native has no
   * such events).
   *
   * @throws RoomTokenError `session_closed`.
   */
  start(): void {
    this.#renewals.start();
  }

  /** Ends the renewal in the background. `getToken` still works. Never throws. */
  stop(): void {
    this.#renewals.stop();
  }

  /**
   * Ends the session for good: the request under way is aborted, pending calls reject with `session_closed`, both
   * tokens are forgotten, and after a last call the listeners are removed. Never throws; a second call does nothing.
   */
  close(): void {
    this.#renewals.close();
  }

  /** Keeps Vue's `reactive()` from wrapping the session in a proxy, which cannot reach private members. */
  get [Symbol.toStringTag](): string {
    return "RoomTokenSession";
  }
}

// With its option `getters` Node's inspect would otherwise show both tokens.
Object.assign(RoomTokenSession.prototype, {
  [Symbol.for("nodejs.util.inspect.custom")]: () => "RoomTokenSession {}",
});
