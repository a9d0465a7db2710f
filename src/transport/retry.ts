import { retryAfterMs } from "../errors/retry-after.ts";
import { isRetryableStatus } from "../errors/status.ts";
import type { Answer } from "./answer.ts";

const LONGEST_WAIT_MS = 10_000;
const LONGEST_BACKOFF_MS = 8_000;
const FIRST_BACKOFF_MS = 500;

/**
 * How long to wait before the next attempt, in whole milliseconds, because timers ignore fractions; undefined where
 * there is none. Repeating is safe for both operations: a token that was minted but never arrived just expires.
 *
 * @param answer Undefined where the attempt got none.
 * @param attempt The attempt that failed, counted from 1.
 */
export function waitBeforeRetry(answer: Answer | undefined, attempt: number): number | undefined {
  if (answer !== undefined && !isRetryableStatus(answer.status)) return undefined;
  const askedMs = answer && retryAfterMs(answer.status, answer.headers);
  if (askedMs === undefined) return backoffMs(attempt);
  return askedMs <= LONGEST_WAIT_MS ? Math.ceil(askedMs * (1 + Math.random() / 5)) : undefined;
}

function backoffMs(attempt: number): number {
  const longestMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return Math.ceil(longestMs * (0.5 + Math.random() / 2));
}
