import type { Answer } from "./answer.ts";
import type { Fetch } from "./fetch.ts";
import type { AbortedByCaller, NoAnswer } from "./no-answer.ts";

/** The settings of the transport for one call. openapi-fetch passes them on to {@link LightRequest} unchanged. */
export interface TransportSettings {
  readonly fetch: Fetch;
  /** For one attempt, to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly signal: AbortSignal | undefined;
  /** Called at the end of each attempt. */
  readonly onAttemptEnd: (ended: AttemptEnd) => void;
}

/** An answer, or what was thrown in its place: a {@link NoAnswer}, an {@link AbortedByCaller}, a framework's value. */
export interface AttemptResult {
  readonly answer?: Answer | undefined;
  readonly thrown?: unknown;
}

/** How one attempt ended. */
export interface AttemptEnd extends AttemptResult {
  /** Counted from 1. */
  readonly attempt: number;
  readonly durationMs: number;
  /** Absent when this was the last attempt. */
  readonly retryInMs?: number | undefined;
}

/** What openapi-fetch gives to the class that it takes for `Request`. */
interface RequestParts {
  readonly headers: Headers;
  readonly body: string;
  readonly settings: TransportSettings;
}

/**
 * Stands in for `Request`, which openapi-fetch makes of every call. A platform's own `Request` would hide the body
 * from a second attempt, and load Node's fetch at import.
 */
export class LightRequest {
  readonly url: string;
  /** A plain record, for a caller's own fetch may spread it; names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly settings: TransportSettings;

  constructor(url: string, { headers, body, settings }: RequestParts) {
    this.url = url;
    this.headers = Object.fromEntries(headers); // unlike assignment, it takes a header named __proto__
    this.body = body;
    this.settings = settings;
  }
}
