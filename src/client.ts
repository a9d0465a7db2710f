import { missingApiKey } from "./api-key.ts";
import { type Bindings, createBindings } from "./bindings.ts";
import type { RefreshedRoomToken, RoomTokenGrant } from "./grant.ts";
import { type CreateParams, createCall, type RefreshParams, refreshCall } from "./operations.ts";
import {
  type ClientOptions,
  type ClientSettings,
  callSettings,
  clientSettings,
  type RequestOptions,
} from "./options.ts";
import { callWithRetries } from "./retry.ts";

/**
 * Mints and refreshes the client tokens of Telnyx video rooms. It keeps no state between calls: one instance
 * serves any number of rooms and concurrent calls.
 *
 * @example
 * ```ts
 * const roomTokens = new RoomsClientTokens(); // TELNYX_API_KEY from the environment
 * const grant = await roomTokens.create(roomId, { tokenTtlSecs: 600 });
 * ```
 */
export class RoomsClientTokens {
  readonly #settings: ClientSettings;
  readonly #bindings: Bindings;

  /**
   * @param options Each is checked and read once, here; the environment stands in for a key or a base URL that
   * is left out.
   * @throws RoomTokenError `invalid_argument`: an option breaks its rule; also an API key in a web page without
   * `dangerouslyAllowBrowser`.
   */
  constructor(options: ClientOptions = {}) {
    this.#settings = clientSettings(options);
    this.#bindings = createBindings(this.#settings.baseUrl);
  }

  /**
   * Mints a client token for a room, and the refresh token that renews it (Telnyx operation
   * `CreateRoomClientToken`, bearer auth).
   *
   * @param roomId The room's id, a UUID.
   * @param params Lifetimes of the two tokens, in seconds; Telnyx's defaults where left out.
   * @param options Signal, deadline, retries and headers of this call.
   * @returns The two tokens with the times at which they expire.
   * @throws RoomTokenError `invalid_argument` or `missing_api_key` before any request; by Telnyx's answer
   * `unauthorized`, `forbidden`, `not_found`, `unprocessable`, `rate_limited`, `server_error` and their like
   * ({@link RoomTokenErrorCode}); `invalid_response`, `redirect_refused`; `timeout`, `connection_failed`.
   * @throws the reason of `options.signal`, unchanged.
   * @see https://developers.telnyx.com/api-reference/rooms-client-tokens/create-client-token-to-join-a-room
   */
  async create(
    roomId: string,
    params: CreateParams = {},
    options: RequestOptions = {},
  ): Promise<RoomTokenGrant> {
    const { bearer, onAttempt } = this.#settings;
    const settings = callSettings(this.#settings, options, "create");
    const call = createCall(this.#bindings, roomId, params, settings, bearer);
    if (bearer === undefined) throw missingApiKey("no API key: pass apiKey, or set TELNYX_API_KEY");
    return callWithRetries(call, settings.maxRetries, onAttempt);
  }

  /**
   * Mints another client token for a room by a refresh token (Telnyx operation `RefreshRoomClientToken`). It
   * needs no API key, and sends none.
   *
   * @param roomId The id of the room that the refresh token was minted for, a UUID.
   * @param params The refresh token, and the lifetime of the new token in seconds (600 where left out).
   * @param options Signal, deadline, retries and headers of this call.
   * @returns The new token with the time at which it expires. The refresh token stays the same.
   * @throws RoomTokenError As {@link create}, but never `missing_api_key`; `forbidden` is what a dead refresh
   * token is said to give.
   * @throws the reason of `options.signal`, unchanged.
   * @see https://developers.telnyx.com/api-reference/rooms-client-tokens/refresh-client-token-to-join-a-room
   */
  async refresh(
    roomId: string,
    params: RefreshParams,
    options: RequestOptions = {},
  ): Promise<RefreshedRoomToken> {
    const { onAttempt } = this.#settings;
    const settings = callSettings(this.#settings, options, "refresh");
    const call = refreshCall(this.#bindings, roomId, params, settings);
    return callWithRetries(call, settings.maxRetries, onAttempt);
  }
}
