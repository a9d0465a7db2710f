import {
  check,
  checkApiKey,
  checkBaseUrl,
  checkHeaders,
  checkSpelling,
  FUNCTION,
  OBJECT,
  RETRIES,
  SIGNAL,
  TIMEOUT,
} from "./checks.ts";
import {
  invalidArgument,
  type RoomTokenErrorCode,
  type RoomTokenOperation,
} from "./errors/room-token-error.ts";
import { environmentVariable, isPage, VERSION } from "./platform.ts";
import type { Fetch } from "./transport/fetch.ts";

/** What happened in one attempt of a call, for logs and metrics. It holds no secret. */
export interface AttemptEvent {
  /** The call that the attempt belongs to. */
  readonly operation: RoomTokenOperation;
  /** Counted from 1. */
  readonly attempt: number;
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The code of the error, where the attempt failed. */
  readonly code?: RoomTokenErrorCode | undefined;
  /** Telnyx's id of the request, where there was an answer that has one. */
  readonly requestId?: string | undefined;
  /** How long the attempt took, to the last byte of its answer and without the wait after it, in milliseconds. */
  readonly durationMs: number;
  /** How long the client waits before the next attempt, in milliseconds; absent when there is none. */
  readonly retryInMs?: number | undefined;
}

/** Options of the client. Each is read once, by the constructor. */
export interface ClientOptions {
  /**
   * The Telnyx API key, which `create` sends as a bearer (RFC 6750) as it is; `refresh` needs no key and never sends
   * one. A function is asked once per `create`, within a `timeoutMs` of its own; where it fails or gives nothing, the
   * error is `missing_api_key`. `null`: no key, whatever the environment says.
   * @default the environment's `TELNYX_API_KEY`, trimmed; a blank one counts as absent
   */
  readonly apiKey?: string | null | (() => string | Promise<string>) | undefined;
  /**
   * Where the API is: an http(s) URL without user, query and fragment. Plain http only for a loopback host.
   * @default the environment's `TELNYX_BASE_URL`, then `https://api.telnyx.com/v2`
   */
  readonly baseUrl?: string | undefined;
  /**
   * How long one attempt may take, to the last byte of its answer, in milliseconds: above 0, at most 2^31-1.
   * @default 15000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many more attempts follow one that failed by a connection failure, a timeout, 408, 425, 429, or 5xx except
   * 501: a whole number, 0 or more.
   * @default 2
   */
  readonly maxRetries?: number | undefined;
  /**
   * The function that sends requests, called as `fetch(url, init)`.
   * @default `globalThis.fetch`, looked up at each call
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Further headers. `Authorization`, `Content-Type` and `Accept` are refused; undefined is left out.
   * @default none
   */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Called at the end of every attempt, for logs and metrics. What it throws is dropped.
   * @default none
   */
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
  /**
   * Ends the call at once, also during a wait; the call rejects with the signal's own reason.
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

/** What holds where an option is left out. */
export const DEFAULTS = {
  baseUrl: "https://api.telnyx.com/v2",
  timeoutMs: 15_000,
  maxRetries: 2,
} as const;

const ABSENT_IN_A_PAGE =
  "absent in a web page, where everybody can take it: create tokens on a server, and pass apiKey: null here " +
  "(or set dangerouslyAllowBrowser). In jsdom or happy-dom, test server code in the Node environment";

const CLIENT_OPTIONS = [
  ...["apiKey", "baseUrl", "timeoutMs", "maxRetries", "fetch", "headers", "onAttempt"],
  ...["allowInsecureHttp", "dangerouslyAllowBrowser"],
];
const REQUEST_OPTIONS = ["signal", "timeoutMs", "maxRetries", "headers"];

/** The options of a client, checked and completed. */
export interface ClientSettings {
  readonly apiKey: string | (() => string | Promise<string>) | undefined;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly fetch: Fetch | undefined;
  readonly headers: Record<string, string>;
  readonly onAttempt: ((event: AttemptEvent) => void) | undefined;
}

/** Checks the options of a client, each read once. */
export function clientSettings(options: ClientOptions): ClientSettings {
  check(OBJECT, { options });
  checkSpelling("options", options, CLIENT_OPTIONS);
  const { timeoutMs = DEFAULTS.timeoutMs, maxRetries = DEFAULTS.maxRetries } = options;
  const { apiKey, baseUrl, fetch, headers = {}, onAttempt } = options;
  const { allowInsecureHttp, dangerouslyAllowBrowser } = options;
  check(TIMEOUT, { timeoutMs });
  check(RETRIES, { maxRetries });
  check(FUNCTION, { fetch, onAttempt });
  return {
    apiKey: chooseApiKey(apiKey, dangerouslyAllowBrowser === true),
    baseUrl: chooseBaseUrl(baseUrl, allowInsecureHttp === true),
    timeoutMs,
    maxRetries,
    fetch,
    headers: { ...ownHeaders(), ...checkHeaders(headers) },
    onAttempt,
  };
}

function chooseBaseUrl(baseUrl: string | undefined, allowInsecureHttp: boolean): string {
  if (baseUrl !== undefined) return checkBaseUrl("baseUrl", baseUrl, allowInsecureHttp);
  const url = environmentVariable("TELNYX_BASE_URL") ?? DEFAULTS.baseUrl;
  return checkBaseUrl("TELNYX_BASE_URL", url, allowInsecureHttp);
}

function chooseApiKey(apiKey: ClientOptions["apiKey"], allowBrowser: boolean): ClientSettings["apiKey"] {
  const chosen = apiKey === undefined ? environmentVariable("TELNYX_API_KEY") : apiKey;
  if (chosen === undefined || chosen === null) return undefined;
  const name = apiKey === undefined ? "TELNYX_API_KEY" : "apiKey";
  if (typeof chosen !== "function") checkApiKey(name, chosen);
  if (isPage() && !allowBrowser) throw invalidArgument(name, ABSENT_IN_A_PAGE);
  return chosen;
}

/** A User-Agent breaks CORS in a page. */
function ownHeaders(): Record<string, string> {
  return isPage() ? {} : { "user-agent": `telnyx-room-tokens/${VERSION}` };
}

/** The options of one call, checked, and completed by those of the client. */
export interface CallSettings {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly headers: Record<string, string>;
  readonly fetch: Fetch;
}

/** Checks the options of one call, each read once. */
export function callSettings(
  client: ClientSettings,
  options: RequestOptions,
  operation: RoomTokenOperation,
): CallSettings {
  check(OBJECT, { options }, operation);
  checkSpelling("options", options, REQUEST_OPTIONS, operation);
  const { signal, headers = {}, timeoutMs = client.timeoutMs, maxRetries = client.maxRetries } = options;
  check(SIGNAL, { signal }, operation);
  check(TIMEOUT, { timeoutMs }, operation);
  check(RETRIES, { maxRetries }, operation);
  // Late-bound, so that a fetch which a test or a tracer puts in place later is the one that is called.
  const fetch: Fetch | undefined = client.fetch ?? globalThis.fetch;
  if (typeof fetch !== "function")
    throw invalidArgument("fetch", "given, because this platform has no globalThis.fetch", operation);
  return { signal, timeoutMs, maxRetries, headers: checkHeaders(headers, operation), fetch };
}
