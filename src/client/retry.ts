import type { RoomTokenError } from "../errors/room-token-error.ts";

const LONGEST_DELAY_MS = 10_000;
const LONGEST_BACKOFF_MS = 8_000;
const FIRST_BACKOFF_MS = 500;

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
  if (retryAfterMs === undefined) return backoffMs(attempt);
  return retryAfterMs <= LONGEST_DELAY_MS ? Math.ceil(retryAfterMs * (1 + Math.random() / 5)) : undefined;
}

function backoffMs(attempt: number): number {
  const longestMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return Math.ceil(longestMs * (0.5 + Math.random() / 2));
}
