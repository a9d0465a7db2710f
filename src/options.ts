import type { AttemptEvent } from "./retry.ts";
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
