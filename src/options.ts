import { keySource } from "./api-key.ts";
import type { AttemptSettings, BearerSource } from "./attempt.ts";
import {
  checkApiKey,
  checkBaseUrl,
  checkFunction,
  checkHeaders,
  checkMaxRetries,
  checkObject,
  checkSignal,
  checkTimeoutMs,
} from "./checks.ts";
import { DEFAULTS } from "./defaults.ts";
import { RoomTokenError, type RoomTokenOperation } from "./errors.ts";
import type { AttemptEvent } from "./retry.ts";
import { inBrowser, ownHeaders } from "./runtime.ts";
import type { Fetch } from "./transport.ts";

/** Options of the client. Each is read once, by the constructor. */
export interface ClientOptions {
  /**
   * The Telnyx API key that `create` sends as a bearer (RFC 6750), used as it is. A function is asked anew on
   * every attempt, within the attempt's deadline. `null`: no key, whatever the environment says. `refresh`
   * needs none and never sends it.
   * @default the environment's `TELNYX_API_KEY`, trimmed; a blank one counts as absent
   */
  readonly apiKey?: string | null | (() => string | Promise<string>) | undefined;
  /**
   * Where the API is: http(s), without user, query and fragment. Plain http only for a loopback host.
   * @default the environment's `TELNYX_BASE_URL`, then `https://api.telnyx.com/v2`
   */
  readonly baseUrl?: string | undefined;
  /**
   * How long one attempt may take, to the last byte of its answer, in milliseconds: above 0, at most 2^31-1.
   * @default 15000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call that failed in a passing way is repeated: a whole number from 0.
   * @default 2
   */
  readonly maxRetries?: number | undefined;
  /**
   * The function that sends requests, called as `fetch(url, init)`.
   * @default `globalThis.fetch`, looked up at each call
   */
  readonly fetch?: Fetch | undefined;
  /** Headers to send besides; `Authorization`, `Content-Type` and `Accept` are refused. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Told of every attempt, for logs and metrics; what it throws is dropped. */
  readonly onAttempt?: ((event: AttemptEvent) => void) | undefined;
  /**
   * Allows plain http to any host, for a mock on a private network.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined;
  /**
   * Allows an API key in a web page, where everybody who opens it can take it.
   * @default false
   */
  readonly dangerouslyAllowBrowser?: boolean | undefined;
}

/** Options of one call; what is left out is taken from the client. */
export interface RequestOptions {
  /** Ends the call at once, also during a wait; the call rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** As {@link ClientOptions.timeoutMs}; to bound a whole call, pass `signal: AbortSignal.timeout(5_000)`. */
  readonly timeoutMs?: number | undefined;
  /** As {@link ClientOptions.maxRetries}. */
  readonly maxRetries?: number | undefined;
  /** As {@link ClientOptions.headers}; wins over those of the client. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The client's options, found good and completed. */
export interface ClientSettings extends Omit<CallSettings, "signal"> {
  readonly baseUrl: string;
  readonly bearer: BearerSource | undefined;
  readonly onAttempt: ((event: AttemptEvent) => void) | undefined;
}

interface CallSettings extends AttemptSettings {
  readonly maxRetries: number;
}

/** Checks the client's options, each read once. */
export function clientSettings(options: ClientOptions): ClientSettings {
  const { apiKey, baseUrl, fetch, onAttempt, allowInsecureHttp, dangerouslyAllowBrowser } = checkObject(
    "options",
    options,
  );
  const { timeoutMs, maxRetries, headers } = options;
  checkFunction("fetch", fetch);
  checkFunction("onAttempt", onAttempt);
  return {
    ...callSettings({ ...DEFAULTS, fetch, headers: ownHeaders() }, { timeoutMs, maxRetries, headers }),
    baseUrl: chooseBaseUrl(baseUrl, allowInsecureHttp === true),
    bearer: chooseKey(apiKey, dangerouslyAllowBrowser === true),
    onAttempt,
  };
}

/** What one call goes by: its own options where it has them, else the given ones. */
export function callSettings(
  settings: Omit<CallSettings, "signal">,
  options: RequestOptions,
  operation?: RoomTokenOperation,
): CallSettings {
  const { signal, headers } = checkObject("options", options, operation);
  const { timeoutMs = settings.timeoutMs, maxRetries = settings.maxRetries } = options;
  checkSignal(signal, operation);
  checkTimeoutMs(timeoutMs, operation);
  checkMaxRetries(maxRetries, operation);
  return {
    fetch: settings.fetch,
    headers:
      headers === undefined ? settings.headers : { ...settings.headers, ...checkHeaders(headers, operation) },
    timeoutMs,
    signal,
    maxRetries,
  };
}

function chooseBaseUrl(baseUrl: string | undefined, allowInsecureHttp: boolean): string {
  if (baseUrl !== undefined) return checkBaseUrl("baseUrl", baseUrl, allowInsecureHttp);
  return checkBaseUrl(
    "TELNYX_BASE_URL",
    fromEnvironment("TELNYX_BASE_URL") ?? DEFAULTS.baseUrl,
    allowInsecureHttp,
  );
}

function chooseKey(apiKey: ClientOptions["apiKey"], allowBrowser: boolean): BearerSource | undefined {
  const chosen = apiKey === undefined ? fromEnvironment("TELNYX_API_KEY") : apiKey;
  if (chosen === undefined || chosen === null) return undefined;
  if (typeof chosen !== "function") checkApiKey(apiKey === undefined ? "TELNYX_API_KEY" : "apiKey", chosen);
  if (allowBrowser || !inBrowser()) return keySource(chosen);
  const advice =
    "in a web page, where everybody can take it: create tokens on a server (or set dangerouslyAllowBrowser)";
  throw new RoomTokenError("invalid_argument", `apiKey must not be ${advice}`);
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
