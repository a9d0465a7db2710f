import {
  type CreateParams,
  createCall,
  type RefreshedRoomToken,
  type RefreshParams,
  type RoomTokenGrant,
  refreshCall,
} from "./bindings.ts";
import { check, checkApiKey, checkBaseUrl, checkHeaders, DEFAULTS } from "./checks.ts";
import { RoomTokenError, type RoomTokenOperation } from "./errors.ts";
import { copyOf } from "./failures.ts";
import type { ClientOptions, RequestOptions } from "./options.ts";
import { type BearerSource, type CallSettings, callWithRetries } from "./retry.ts";
import { scrubber } from "./scrub.ts";
import { inBrowser, ownHeaders } from "./transport.ts";

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

  /**
   * @param options Each is checked and read once, here; the environment stands in for a key or a base URL that
   * is left out.
   * @throws RoomTokenError `invalid_argument`: an option breaks its rule; also an API key in a web page without
   * `dangerouslyAllowBrowser`.
   */
  constructor(options: ClientOptions = {}) {
    this.#settings = clientSettings(options);
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
    const settings = callSettings(this.#settings, options, "create");
    const call = createCall(roomId, params, settings, this.#settings.bearer);
    if (call.bearer === undefined) throw missingApiKey("no API key: pass apiKey, or set TELNYX_API_KEY");
    return callWithRetries(call);
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
    const settings = callSettings(this.#settings, options, "refresh");
    return callWithRetries(refreshCall(roomId, params, settings));
  }
}

/** What the calls of a client go by, and the key that create sends. */
interface ClientSettings extends CallSettings {
  readonly bearer: BearerSource | undefined;
}

/** Checks the client's options, each read once. */
function clientSettings(options: ClientOptions): ClientSettings {
  check({ options });
  const { apiKey, baseUrl, timeoutMs, maxRetries, fetch, headers, onAttempt } = options;
  const { allowInsecureHttp, dangerouslyAllowBrowser } = options;
  check({ fetch, onAttempt });
  const name = baseUrl === undefined ? "TELNYX_BASE_URL" : "baseUrl";
  const url = baseUrl === undefined ? (fromEnvironment(name) ?? DEFAULTS.baseUrl) : baseUrl;
  const checkedUrl = checkBaseUrl(name, url, allowInsecureHttp === true);
  const defaults = { ...DEFAULTS, baseUrl: checkedUrl, headers: ownHeaders(), fetch, onAttempt };
  const bearer = chooseBearer(apiKey, dangerouslyAllowBrowser === true);
  return { ...callSettings(defaults, { timeoutMs, maxRetries, headers }), bearer };
}

/** What one call goes by: its own options where it has them, else the given ones. */
function callSettings(
  settings: CallSettings,
  options: RequestOptions,
  operation?: RoomTokenOperation,
): CallSettings {
  check({ options }, operation);
  const { signal, headers, timeoutMs = settings.timeoutMs, maxRetries = settings.maxRetries } = options;
  check({ signal, timeoutMs, maxRetries }, operation);
  const own = headers === undefined ? {} : checkHeaders(headers, operation);
  return { ...settings, headers: { ...settings.headers, ...own }, timeoutMs, maxRetries, signal };
}

/** The bearer of create: a checked key, or a function that is asked for one on every attempt. */
function chooseBearer(apiKey: ClientOptions["apiKey"], allowBrowser: boolean): BearerSource | undefined {
  const chosen = apiKey === undefined ? fromEnvironment("TELNYX_API_KEY") : apiKey;
  if (chosen === undefined || chosen === null) return undefined;
  if (typeof chosen !== "function") checkApiKey(apiKey === undefined ? "TELNYX_API_KEY" : "apiKey", chosen);
  if (!allowBrowser && inBrowser()) {
    const advice =
      "in a web page, where everybody can take it: create tokens on a server (or set dangerouslyAllowBrowser)";
    throw new RoomTokenError("invalid_argument", `apiKey must not be ${advice}`);
  }
  return {
    ask: async () => (typeof chosen === "function" ? askFor(chosen) : chosen),
    tooLate: (timeoutMs) => missingApiKey(`the apiKey function gave no key within ${timeoutMs} ms`),
  };
}

async function askFor(apiKey: () => string | Promise<string>): Promise<string> {
  const key = await Promise.resolve()
    .then(apiKey)
    .catch((thrown: unknown) => {
      throw missingApiKey("the apiKey function failed", copyOf(thrown, scrubber([])));
    });
  if (!key) throw missingApiKey("the apiKey function gave no key");
  checkApiKey("what the apiKey function gives", key, "create");
  return key;
}

/** The error of a create that has no key to send. */
function missingApiKey(problem: string, cause?: Error): RoomTokenError {
  const message = `Creating a room client token failed: ${problem}`;
  return new RoomTokenError("missing_api_key", message, { operation: "create", cause });
}

/** A variable of the environment, trimmed; one that is blank, or may not be read (Deno), counts as absent. */
function fromEnvironment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name]?.trim() || undefined;
  } catch {
    return undefined;
  }
}
