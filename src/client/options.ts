import {
  BOOLEAN,
  CHECKED_LATER,
  FUNCTION,
  invalidArgument,
  MAX_RETRIES,
  type MemberTable,
  readMembers,
  SIGNAL,
  TIMEOUT_MS,
} from "../errors/arguments.ts";
import type { AttemptEvent } from "../errors/attempt-event.ts";
import type { RoomTokenOperation } from "../errors/room-token-error.ts";
import { isPage, VERSION } from "../lib/platform.ts";
import { chooseApiKey } from "./api-key.ts";
import { chooseBaseUrl, DEFAULT_BASE_URL } from "./base-url.ts";
import type { Fetch } from "./fetch.ts";
import { HEADERS, readHeaders } from "./headers.ts";

/** What happened in one attempt of a client's call, for logs and metrics. It contains no secret. */
export interface ClientAttemptEvent extends AttemptEvent {
  /** The room of the call. */
  readonly roomId: string;
}

/** Options of the client. Each is read once, by the constructor. */
export interface ClientOptions {
  /**
   * The Telnyx API key, which `create` sends as a bearer token (RFC 6750); `refresh` needs no key and never sends one.
   * The bare key, in visible ASCII characters: without `Bearer`, spaces or quotes. A function is called once per
   * `create`, within a `timeoutMs` of its own; if it fails or returns nothing, the error is `missing_api_key`. `null`:
   * no key, whatever the environment says. In a web page a key is rejected unless `dangerouslyAllowBrowser` is set.
   * @default the environment's `TELNYX_API_KEY`, trimmed; a blank one counts as absent
   */
  readonly apiKey?: string | null | (() => string | Promise<string>) | undefined;
  /**
   * Where the API is: an http(s) URL without user, query and fragment. Plain http only for a loopback host, or with
   * `allowInsecureHttp`.
   * @default the environment's `TELNYX_BASE_URL`, then `https://api.telnyx.com/v2`
   */
  readonly baseUrl?: string | undefined;
  /**
   * How long one attempt may take, to the last byte of its response, in milliseconds: above 0, at most 2^31-1.
   * @default 15000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many more attempts follow one that failed with a connection failure, a timeout, 408, 425, 429, or 5xx except
   * 501: a whole number, 0 or more. The delay is what the server requests, up to 10 s (beyond that the call rejects at
   * once), else 0.5 s, doubled with each attempt up to 8 s, with jitter.
   * @default 2
   */
  readonly maxRetries?: number | undefined;
  /**
   * The function that sends requests, called as `fetch(url, init)`. It should honour `init.redirect` and
   * `init.signal`, and may return its response without a promise.
   * @default `globalThis.fetch`, looked up at each call
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Further headers; names are case-insensitive. Must not contain `Authorization`, `Content-Type`, `Accept`, or what
   * fetch sets itself, such as `Host` and `Connection`. One that is undefined is left out.
   * @default none
   */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Called after every attempt, in a microtask, for logs and metrics; not after one that you aborted. What it throws
   * is dropped.
   * @default none
   */
  readonly onAttempt?: ((event: ClientAttemptEvent) => void) | undefined;
  /**
   * Allows plain http to any host, for a mock on a private network.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined;
  /**
   * Allows an API key in a web page, where anyone who opens it can read the key.
   * @default false
   */
  readonly dangerouslyAllowBrowser?: boolean | undefined;
}

/** Options of one call; what is left out is taken from the client. */
export interface RequestOptions {
  /**
   * Ends the call at once, also during a delay; the call rejects with the signal's own reason.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long one attempt may take, in milliseconds: above 0, at most 2^31-1. To bound a whole call, pass
   * `signal: AbortSignal.timeout(5_000)`.
   * @default the client's `timeoutMs`
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many more attempts may follow: a whole number, 0 or more.
   * @default the client's `maxRetries`
   */
  readonly maxRetries?: number | undefined;
  /**
   * Further headers; they win over the client's.
   * @default the client's `headers`
   */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The defaults that documents name. */
export const DEFAULTS: Readonly<Record<"timeoutMs" | "maxRetries", number> & Record<"baseUrl", string>> = {
  baseUrl: DEFAULT_BASE_URL,
  timeoutMs: 15_000,
  maxRetries: 2,
};

const CLIENT_OPTIONS = {
  apiKey: { rule: CHECKED_LATER }, // by chooseApiKey and chooseBaseUrl, which also check the environment
  baseUrl: { rule: CHECKED_LATER },
  timeoutMs: { rule: TIMEOUT_MS, default: DEFAULTS.timeoutMs },
  maxRetries: { rule: MAX_RETRIES, default: DEFAULTS.maxRetries },
  fetch: { rule: FUNCTION },
  headers: { rule: HEADERS, default: {} },
  onAttempt: { rule: FUNCTION },
  allowInsecureHttp: { rule: BOOLEAN, default: false },
  dangerouslyAllowBrowser: { rule: BOOLEAN, default: false },
} satisfies MemberTable<ClientOptions>;

const REQUEST_OPTIONS = {
  signal: { rule: SIGNAL },
  timeoutMs: { rule: TIMEOUT_MS },
  maxRetries: { rule: MAX_RETRIES },
  headers: { rule: HEADERS, default: {} },
} satisfies MemberTable<RequestOptions>;

/** The options of a client, checked and completed. */
export interface ClientSettings {
  readonly apiKey: ReturnType<typeof chooseApiKey>;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly fetch: Fetch | undefined;
  readonly headers: Record<string, string>;
  readonly onAttempt: ClientOptions["onAttempt"];
}

/**
 * Checks the options of a client.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function readClientOptions(options: ClientOptions): ClientSettings {
  const { apiKey, baseUrl, allowInsecureHttp, dangerouslyAllowBrowser, headers, ...rest } = readMembers(
    "options",
    options,
    CLIENT_OPTIONS,
  );
  return {
    ...rest,
    apiKey: chooseApiKey(apiKey, dangerouslyAllowBrowser),
    baseUrl: chooseBaseUrl(baseUrl, allowInsecureHttp),
    headers: { ...userAgent(), ...readHeaders(headers) },
  };
}

/** The header that names this package; not in a page, where it would break CORS. */
function userAgent(): Record<string, string> {
  return isPage() ? {} : { "user-agent": `telnyx-room-tokens/${VERSION}` };
}

/** The options of one call, checked, and completed by those of the client. */
export interface CallSettings {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly headers: Record<string, string>;
  readonly fetch: Fetch;
  /** Whether `fetch` is the platform's: one that the caller passed may route as it likes. */
  readonly isPlatformFetch: boolean;
  readonly onAttempt: ClientOptions["onAttempt"];
}

/**
 * Checks the options of one call.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function readRequestOptions(
  client: ClientSettings,
  options: RequestOptions,
  operation: RoomTokenOperation,
): CallSettings {
  const { signal, timeoutMs, maxRetries, headers } = readMembers(
    "options",
    options,
    REQUEST_OPTIONS,
    operation,
  );
  // Looked up at each call, because a test or a tracer may have replaced it.
  const fetch: Fetch | undefined = client.fetch ?? globalThis.fetch;
  if (typeof fetch !== "function")
    throw invalidArgument("fetch", "must be passed: this platform has no globalThis.fetch", operation);
  return {
    signal,
    timeoutMs: timeoutMs ?? client.timeoutMs,
    maxRetries: maxRetries ?? client.maxRetries,
    headers: readHeaders(headers, operation),
    fetch,
    isPlatformFetch: client.fetch === undefined,
    onAttempt: client.onAttempt,
  };
}
