import type { RoomTokenError } from "../errors/room-token-error.ts";
import { backoffMs } from "../lib/backoff.ts";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 8_000;
/** If the server requests a longer delay, the call rejects at once. */
const LONGEST_SERVER_DELAY_MS = 10_000;

/**
 * The delay before an attempt is repeated, in whole milliseconds, because timers ignore fractions; undefined if it is
 * not repeated. Repeating is safe for both operations: a token that was created but never arrived just expires.
 *
 * @param error Why the attempt failed.
 * @param attempt The attempt that failed, counted from 1.
 */
export function retryDelayMs(error: RoomTokenError, attempt: number): number | undefined {
  const { retryable, retryAfterMs } = error;
  if (!retryable) return undefined;
  if (retryAfterMs === undefined) return Math.ceil(backoffMs(attempt, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS));
  return retryAfterMs <= LONGEST_SERVER_DELAY_MS
    ? Math.ceil(retryAfterMs * (1 + Math.random() / 5))
    : undefined;
}
