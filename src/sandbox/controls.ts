import type { CheckedFault } from "./options.ts";
import { type HttpRequest, type HttpResponse, responseOfStatus } from "./responses.ts";
import type { SandboxRequest } from "./sandbox.ts";
import { targetOf } from "./token-api.ts";

/** The faults that the next requests get, in the order in which they were planned. */
export class Faults {
  #planned: { left: number; readonly fault: CheckedFault }[] = [];

  plan(fault: CheckedFault): void {
    this.#planned.push({ left: fault.times, fault });
  }

  /** Takes the fault of the next request. */
  take(): CheckedFault | undefined {
    const [next] = this.#planned;
    if (next === undefined) return undefined;
    next.left -= 1;
    if (next.left <= 0) this.#planned.shift();
    return next.fault;
  }

  clear(): void {
    this.#planned = [];
  }
}

/** A request that reached the API, and what became of it. It contains secrets. */
export interface Exchange extends HttpRequest {
  /** When it got its response, in milliseconds since the epoch; `advance` does not change that. */
  readonly atMs: number;
  /** Absent if the connection was cut. */
  readonly response?: HttpResponse | undefined;
}

const KEPT_EXCHANGES = 1_000;

/** The latest exchanges, and how many there were in all. */
export class ExchangeLog {
  #exchanges: Exchange[] = [];
  #count = 0;

  get latest(): readonly Exchange[] {
    return this.#exchanges.slice(-KEPT_EXCHANGES);
  }

  get count(): number {
    return this.#count;
  }

  add(exchange: Exchange): void {
    this.#count += 1;
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > 2 * KEPT_EXCHANGES) this.#exchanges = this.#exchanges.slice(-KEPT_EXCHANGES);
  }

  clear(): void {
    this.#exchanges = [];
    this.#count = 0;
  }
}

/** What users see of an exchange: no header, no body, no path, and so no secret. */
export function summaryOf(exchange: Exchange): SandboxRequest {
  const { operation, roomId } = targetOf(exchange) ?? {};
  const { status, headers } = exchange.response ?? {};
  return Object.freeze({ operation, roomId, status, requestId: headers?.["x-request-id"] });
}

const WINDOW_MS = 60_000;

/** Counts the requests of the current minute, and makes the headers that Telnyx sends about them. */
export class RateLimit {
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #used = 0;

  /** Takes one request from the budget. */
  take(limit: number, nowMs: number): { isExceeded: boolean; headers: Record<string, string> } {
    if (nowMs >= this.#windowEndMs || nowMs < this.#windowEndMs - WINDOW_MS) {
      this.#windowEndMs = nowMs + WINDOW_MS;
      this.#used = 0;
    }
    const isExceeded = this.#used >= limit;
    if (!isExceeded) this.#used += 1;
    const headers = {
      "x-ratelimit-limit": `${limit}, ${limit};w=${WINDOW_MS / 1000}`,
      "x-ratelimit-remaining": String(Math.max(0, limit - this.#used)), // below 0 after a change of the limit
      "x-ratelimit-reset": String(Math.ceil((this.#windowEndMs - nowMs) / 1000)),
    };
    return { isExceeded, headers };
  }

  clear(): void {
    this.#windowEndMs = Number.NEGATIVE_INFINITY;
  }
}

/** The response of a fault; undefined if it cuts the connection. */
export function responseOfFault({
  dropConnection,
  status,
  headers,
  body,
}: CheckedFault): HttpResponse | undefined {
  if (dropConnection) return undefined;
  const usual = responseOfStatus(status);
  // As if the minute had just begun, so that the client does not retry only because it is almost over.
  const limit = status === 429 ? { "x-ratelimit-reset": String(WINDOW_MS / 1000) } : {};
  return { status, headers: { ...usual.headers, ...limit, ...headers }, body: body ?? usual.body };
}
