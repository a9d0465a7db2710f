import { type Bindings, CREATE, createBindings, type Init, REFRESH } from "./bindings.ts";
import { Call } from "./call.ts";
import { type RefreshedRoomToken, type RoomTokenGrant, readGrant, readRefreshed } from "./grants.ts";
import { type ClientOptions, type ClientSettings, clientSettings, type RequestOptions } from "./options.ts";
import { type CreateParams, createParams, type RefreshParams, refreshParams } from "./params.ts";

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
   * @param options Each is checked and read once, here. The environment stands in for a key or a base URL that is
   * left out.
   * @throws RoomTokenError `invalid_argument`: an option breaks its rule; also an API key in a web page without
   * `dangerouslyAllowBrowser`.
   */
  constructor(options: ClientOptions = {}) {
    this.#settings = clientSettings(options);
    this.#bindings = createBindings(this.#settings.baseUrl, this.#settings.headers);
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
    const { tokenTtlSecs, refreshTokenTtlSecs } = createParams(roomId, params);
    const call = new Call("create", this.#settings, options);
    const apiKey = await call.apiKey();
    const sent = this.#bindings.POST(CREATE, {
      params: { path: { room_id: roomId } },
      body: { token_ttl_secs: tokenTtlSecs, refresh_token_ttl_secs: refreshTokenTtlSecs },
      headers: { ...call.headers, authorization: `Bearer ${apiKey}` },
      settings: call.transportSettings,
    } satisfies Init<typeof CREATE>);
    return call.result(sent, ({ token, token_expires_at, refresh_token, refresh_token_expires_at }) =>
      readGrant({
        token,
        tokenExpiresAt: token_expires_at,
        refreshToken: refresh_token,
        refreshTokenExpiresAt: refresh_token_expires_at,
      }),
    );
  }

  /**
   * Mints another client token for a room by a refresh token (Telnyx operation `RefreshRoomClientToken`). It
   * needs no API key, and sends none.
   *
   * @param roomId The id of the room that the refresh token was minted for, a UUID.
   * @param params The refresh token, and the lifetime of the new token in seconds (600 where left out).
   * @param options Signal, deadline, retries and headers of this call.
   * @returns The new token with the time at which it expires. The refresh token stays the same.
   * @throws RoomTokenError `invalid_argument` before any request; by Telnyx's answer `forbidden` (a dead refresh
   * token, as documented), `not_found`, `unprocessable`, `rate_limited`, `server_error` and their like
   * ({@link RoomTokenErrorCode}); `invalid_response`, `redirect_refused`; `timeout`, `connection_failed`.
   * @throws the reason of `options.signal`, unchanged.
   * @see https://developers.telnyx.com/api-reference/rooms-client-tokens/refresh-client-token-to-join-a-room
   */
  async refresh(
    roomId: string,
    params: RefreshParams,
    options: RequestOptions = {},
  ): Promise<RefreshedRoomToken> {
    const { refreshToken, tokenTtlSecs } = refreshParams(roomId, params);
    const call = new Call("refresh", this.#settings, options);
    call.hide(refreshToken);
    const sent = this.#bindings.POST(REFRESH, {
      params: { path: { room_id: roomId } },
      body: { refresh_token: refreshToken, token_ttl_secs: tokenTtlSecs },
      headers: call.headers,
      settings: call.transportSettings,
    } satisfies Init<typeof REFRESH>);
    return call.result(sent, ({ token, token_expires_at }) =>
      readRefreshed({ token, tokenExpiresAt: token_expires_at }),
    );
  }
}
