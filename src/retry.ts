import { type Attempt, attempt, type Call } from "./attempt.ts";
import { pause } from "./deadline.ts";
import type { RoomTokenError, RoomTokenErrorCode, RoomTokenOperation } from "./errors.ts";

/** What happened in one attempt of a call, for logs and metrics; it holds no secret. */
export interface AttemptEvent {
  readonly operation: RoomTokenOperation;
  /** Counted from 1. */
  readonly attempt: number;
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The code of the error, where the attempt failed. */
  readonly code?: RoomTokenErrorCode | undefined;
  readonly requestId?: string | undefined;
  readonly durationMs: number;
  /** How long the client waits before the next attempt; absent when there will be none. */
  readonly retryInMs?: number | undefined;
}

const LONGEST_WAIT_MS = 10_000;
const LONGEST_BACKOFF_MS = 8_000;
const FIRST_BACKOFF_MS = 500;

/**
 * Makes attempts until one succeeds, one may not be repeated, or `maxRetries` are used up. Repeating is safe
 * for both operations: a token that was minted but never arrived just expires.
 */
export async function callWithRetries<T>(
  call: Call<T>,
  maxRetries: number,
  onAttempt?: (event: AttemptEvent) => void,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    if (call.settings.signal?.aborted) throw call.settings.signal.reason;
    const startedAt = performance.now();
    const done = await attempt(call);
    const waitMs =
      done.ended === "error" && retries < maxRetries ? waitBefore(done.error, retries) : undefined;
    if (onAttempt !== undefined) {
      const event = describe(call.operation, retries + 1, done, performance.now() - startedAt, waitMs);
      // The executor's promise takes up what the callback throws, now or later.
      new Promise((resolve) => resolve(onAttempt(event))).catch(() => {});
    }
    if (done.ended === "value") return done.value;
    if (done.ended === "aborted") throw done.reason;
    if (waitMs === undefined) throw done.error;
    await pause(waitMs, call.settings.signal);
  }
}

/** How long to wait before repeating, in whole milliseconds, for timers drop the rest; undefined is not at all. */
function waitBefore(error: RoomTokenError, retries: number): number | undefined {
  if (!error.retryable) return undefined;
  const askedMs = error.retryAfterMs;
  if (askedMs === undefined) {
    const longestMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retries);
    return Math.ceil(longestMs * (0.5 + Math.random() / 2));
  }
  return askedMs <= LONGEST_WAIT_MS ? Math.ceil(askedMs * (1 + Math.random() / 5)) : undefined;
}

function describe(
  operation: RoomTokenOperation,
  attempt: number,
  done: Attempt<unknown>,
  durationMs: number,
  retryInMs: number | undefined,
): AttemptEvent {
  const event = { operation, attempt, durationMs, retryInMs };
  if (done.ended === "aborted") return event;
  if (done.ended === "error") {
    const { status, code, requestId } = done.error;
    return { ...event, status, code, requestId };
  }
  return { ...event, status: done.answer.status, requestId: done.failures.requestIdOf(done.answer) };
}
