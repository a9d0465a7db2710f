import type { RoomTokenErrorCode, RoomTokenOperation } from "./room-token-error.ts";

/** What happened in one attempt, for logs and metrics. It contains no secret. */
export interface AttemptEvent {
  /** What was requested. */
  readonly operation: RoomTokenOperation;
  /** Counted from 1. */
  readonly attempt: number;
  /** The HTTP status, if there was a response. */
  readonly status?: number | undefined;
  /** The code of the error, if the attempt failed. */
  readonly code?: RoomTokenErrorCode | undefined;
  /** Telnyx's id of the request, if there was a response with one. */
  readonly requestId?: string | undefined;
  /** How long the attempt took, to the last byte of its response and without the delay after it, in milliseconds. */
  readonly durationMs: number;
  /** The delay before the next attempt, in milliseconds; absent if there is none. */
  readonly retryInMs?: number | undefined;
}

/** Calls `onAttempt` in a microtask. What it throws or rejects with is dropped. */
export function reportAttempt<Event>(onAttempt: (event: Event) => void, event: Event): void {
  Promise.resolve(event)
    .then(onAttempt)
    .catch(() => {});
}
