import type { SandboxRequest } from "./answers.ts";

/** How the sandbox behaves; every member can be changed while it runs. */
export interface SandboxSettings {
  /** `drop`: every connection is cut without an answer. `unavailable`: every answer is a 503. */
  readonly outage: "none" | "drop" | "unavailable";
  /** How long each request waits before it is looked at. */
  readonly latencyMs: number;
  /** How far the server's clock is ahead of `now()`; it decides what is alive, what is minted, and `Date`. */
  readonly clockOffsetMs: number;
  /** More than these are answered with 429 until the minute is over. */
  readonly requestsPerMinute: number;
  /** Whether pages of other origins may call: preflights are answered and answers may be read. */
  readonly cors: boolean;
  /** The headers that a page of another origin may read besides the safelisted ones. */
  readonly exposedHeaders: readonly string[];
}

export const DEFAULT_SETTINGS: SandboxSettings = {
  outage: "none",
  latencyMs: 0,
  clockOffsetMs: 0,
  requestsPerMinute: 10_000_000,
  cors: false,
  exposedHeaders: [],
};

/** What the next requests get instead of their answer. */
export interface PlannedFailure {
  /** How many requests. @default 1 */
  readonly count?: number;
  /** @default 500 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. @default Telnyx's envelope for that status */
  readonly body?: unknown;
  /** Cut the connection instead of answering. */
  readonly drop?: boolean;
}

/** A request that reached the API, and what became of it. */
export interface SeenRequest extends SandboxRequest {
  readonly atMs: number;
  /** Absent where the connection was cut. */
  readonly status?: number;
}

const LOG_LIMIT = 1_000;

/** The latest requests, and how many there were in all. */
export class RequestLog {
  #entries: SeenRequest[] = [];
  #count = 0;

  get entries(): readonly SeenRequest[] {
    return this.#entries.slice(-LOG_LIMIT);
  }

  get count(): number {
    return this.#count;
  }

  add(entry: SeenRequest): void {
    this.#count += 1;
    this.#entries.push(entry);
    if (this.#entries.length > 2 * LOG_LIMIT) this.#entries = this.#entries.slice(-LOG_LIMIT);
  }

  clear(): void {
    this.#entries = [];
    this.#count = 0;
  }
}

const WINDOW_MS = 60_000;

/** Counts the requests of the current minute, and makes the headers that Telnyx sends about them. */
export class RateLimit {
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #used = 0;

  /** Takes one request from the budget. */
  take(limit: number, nowMs: number): { refused: boolean; headers: Record<string, string> } {
    if (nowMs >= this.#windowEndMs || nowMs < this.#windowEndMs - WINDOW_MS) {
      this.#windowEndMs = nowMs + WINDOW_MS;
      this.#used = 0;
    }
    const refused = this.#used >= limit;
    if (!refused) this.#used += 1;
    const headers = {
      "x-ratelimit-limit": `${limit}, ${limit};w=${WINDOW_MS / 1000}`,
      "x-ratelimit-remaining": String(limit - this.#used),
      "x-ratelimit-reset": String(Math.ceil((this.#windowEndMs - nowMs) / 1000)),
    };
    return { refused, headers };
  }

  clear(): void {
    this.#windowEndMs = Number.NEGATIVE_INFINITY;
  }
}
