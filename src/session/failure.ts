import type { RoomTokenError } from "../errors/room-token-error.ts";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_AFTER_REFUSAL_MS = 300_000;
/** How far a server's `Retry-After` is followed. */
const LONGEST_SERVER_DELAY_MS = 300_000;

/** What is known since the last renewal failed; a success ends it. Times are of the session's clock. */
export interface Failure {
  readonly error: RoomTokenError;
  /** Failures in a row, without those of attempts out of turn. */
  readonly count: number;
  /** When the next attempt in turn begins. */
  readonly retryAt: number;
  /** The same in epoch milliseconds of the device's clock. */
  readonly retryAtEpochMs: number;
  /** When the delay that the server requested is over. */
  readonly serverDelayUntil: number;
}

/**
 * The failure after one more attempt has failed.
 *
 * @param isInTurn An attempt out of turn does not count: the next in turn is no later than before, unless the server
 * requests that.
 */
export function failureAfter(
  previous: Failure | undefined,
  error: RoomTokenError,
  isInTurn: boolean,
  now: number,
): Failure {
  const count = (previous?.count ?? 0) + (isInTurn ? 1 : 0);
  const unchangedAt = isInTurn ? undefined : previous?.retryAt;
  const serverDelayUntil = now + Math.min(error.retryAfterMs ?? 0, LONGEST_SERVER_DELAY_MS);
  const retryAt = Math.max(serverDelayUntil, unchangedAt ?? now + pauseMs(count, error.retryable));
  return { error, count, retryAt, retryAtEpochMs: Math.round(Date.now() + retryAt - now), serverDelayUntil };
}

/** 1 s, doubled with each failure in a row, at most 30 s or after a refusal 300 s; multiplied by a random 0.5 to 1. */
export function pauseMs(count: number, isTransient: boolean): number {
  const longestMs = isTransient ? LONGEST_PAUSE_MS : LONGEST_PAUSE_AFTER_REFUSAL_MS;
  return Math.min(longestMs, FIRST_PAUSE_MS * 2 ** (count - 1)) * (0.5 + Math.random() / 2);
}
