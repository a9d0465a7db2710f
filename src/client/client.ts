import { assertArgument, ROOM_ID } from "../errors/arguments.ts";
import { type RefreshedRoomToken, type RoomTokenGrant, readTime, readToken } from "../lib/grant.ts";
import { resolveApiKey } from "./api-key.ts";
import { makeAttempts } from "./attempts.ts";
import { type Bindings, CREATE_PATH, createBindings, type Init, REFRESH_PATH } from "./bindings.ts";
import {
  type ClientOptions,
  type ClientSettings,
  type RequestOptions,
  readClientOptions,
  readRequestOptions,
} from "./options.ts";
import { type CreateParams, type RefreshParams, readCreateParams, readRefreshParams } from "./params.ts";

/**
 * Creates and refreshes the client tokens of Telnyx video rooms. It keeps no state between calls: one instance
 * serves any number of rooms and concurrent calls.
 *
 * @example
 * ```ts
 * const roomTokens = new RoomTokenClient(); // TELNYX_API_KEY from the environment
 * const grant = await roomTokens.create(roomId, { tokenTtlSecs: 600 });
 * ```
 */
export class RoomTokenClient {
  readonly #settings: ClientSettings;
  readonly #bindings: Bindings;

  /**
   * @param options Each is checked and read once, here. A key or a base URL that is left out is taken from the
   * environment.
   * @throws RoomTokenError `invalid_argument`: an option breaks its rule or is unknown; also an API key in a web page
   * without `dangerouslyAllowBrowser`.
   */
  constructor(options: ClientOptions = {}) {
    this.#settings = readClientOptions(options);
    this.#bindings = createBindings(this.#settings.baseUrl, this.#settings.headers);
  }

  /**
   * Creates a client token for a room, and the refresh token that renews it (Telnyx operation
   * `CreateRoomClientToken`, bearer auth). A failed attempt may have created tokens that never arrived: they expire
   * unused.
   *
   * @param roomId The room's `id`, a UUID.
   * @param params Lifetimes of the two tokens, in seconds; Telnyx's defaults if left out.
   * @param options Signal, deadline, retries and headers of this call.
   * @returns The two tokens and when they expire.
   * @throws RoomTokenError `invalid_argument` or `missing_api_key` before any request; by the status of Telnyx's
   * response `unauthorized`, `forbidden`, `not_found`, `unprocessable`, `rate_limited`, `server_error` and the like
   * ({@link RoomTokenErrorCode}); `invalid_response`, `redirect_refused`; `timeout`, `connection_failed`.
   * @throws the reason of `options.signal`, unchanged; and what the control flow of a framework throws in `fetch` or in
   * the key function.
   * @example
   * ```ts
   * const grant = await roomTokens.create(roomId, { tokenTtlSecs: 600, refreshTokenTtlSecs: 3600 });
   * ```
   * @see https://developers.telnyx.com/api-reference/rooms-client-tokens/create-client-token-to-join-a-room
   */
  async create(
    roomId: string,
    params: CreateParams = {},
    options: RequestOptions = {},
  ): Promise<RoomTokenGrant> {
    assertArgument("roomId", roomId, ROOM_ID, "create");
    const { tokenTtlSecs, refreshTokenTtlSecs } = readCreateParams(params);
    const call = readRequestOptions(this.#settings, options, "create");
    const apiKey = await resolveApiKey(this.#settings.apiKey, call.timeoutMs, call.signal);
    return makeAttempts(
      { ...call, operation: "create", roomId, secrets: [apiKey] },
      (fetch) =>
        this.#bindings.POST(CREATE_PATH, {
          params: { path: { room_id: roomId } },
          body: { token_ttl_secs: tokenTtlSecs, refresh_token_ttl_secs: refreshTokenTtlSecs },
          headers: { ...call.headers, authorization: `Bearer ${apiKey}` },
          fetch,
        } satisfies Init<typeof CREATE_PATH>),
      ({ token, token_expires_at, refresh_token, refresh_token_expires_at }) => ({
        token: readToken("token", token),
        tokenExpiresAt: readTime("token_expires_at", token_expires_at),
        refreshToken: readToken("refresh_token", refresh_token),
        refreshTokenExpiresAt: readTime("refresh_token_expires_at", refresh_token_expires_at),
      }),
    );
  }

  /**
   * Creates another client token for a room with a refresh token (Telnyx operation `RefreshRoomClientToken`). It needs
   * no API key, and sends none.
   *
   * @param roomId The `id` of the room that the refresh token was created for, a UUID.
   * @param params The refresh token, and the lifetime of the new token in seconds; a whole grant may be passed.
   * @param options Signal, deadline, retries and headers of this call.
   * @returns The new token and when it expires. The refresh token stays the same.
   * @throws RoomTokenError `invalid_argument` before any request; by the status of Telnyx's response `forbidden` (by its
   * documentation, an expired refresh token), `not_found`, `unprocessable`, `rate_limited`, `server_error` and the like
   * ({@link RoomTokenErrorCode}); `invalid_response`, `redirect_refused`; `timeout`, `connection_failed`.
   * @throws the reason of `options.signal`, unchanged; and what the control flow of a framework throws in `fetch`.
   * @example
   * ```ts
   * const { token } = await roomTokens.refresh(roomId, { refreshToken: grant.refreshToken });
   * ```
   * @see https://developers.telnyx.com/api-reference/rooms-client-tokens/refresh-client-token-to-join-a-room
   */
  async refresh(
    roomId: string,
    params: RefreshParams,
    options: RequestOptions = {},
  ): Promise<RefreshedRoomToken> {
    assertArgument("roomId", roomId, ROOM_ID, "refresh");
    const { refreshToken, tokenTtlSecs } = readRefreshParams(params);
    const call = readRequestOptions(this.#settings, options, "refresh");
    const { apiKey } = this.#settings;
    const secrets = typeof apiKey === "string" ? [apiKey, refreshToken] : [refreshToken];
    return makeAttempts(
      { ...call, operation: "refresh", roomId, secrets },
      (fetch) =>
        this.#bindings.POST(REFRESH_PATH, {
          params: { path: { room_id: roomId } },
          body: { refresh_token: refreshToken, token_ttl_secs: tokenTtlSecs },
          headers: call.headers,
          fetch,
        } satisfies Init<typeof REFRESH_PATH>),
      ({ token, token_expires_at }) => ({
        token: readToken("token", token),
        tokenExpiresAt: readTime("token_expires_at", token_expires_at),
      }),
    );
  }

  /** Keeps Vue's `reactive()` from wrapping the client in a proxy, which cannot reach private members. */
  get [Symbol.toStringTag](): string {
    return "RoomTokenClient";
  }
}
