import { RoomTokenError } from "../errors/room-token-error.ts";
import { backoffMs } from "../lib/backoff.ts";

const FIRST_PAUSE_MS = 1000;
/** After a refusal, such as a 403 or a 404, which a repetition will hardly mend. A longer `Retry-After` counts as this. */
const LONGEST_PAUSE_MS = 300_000;
const LONGEST_TRANSIENT_PAUSE_MS = 30_000;

/** What is known after a renewal failed, until one succeeds. Times are of the session's clock. */
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
 * @param isInTurn An attempt out of turn does not count, and leaves the next one in turn as it is. It is earlier only
 * if this failure may be over sooner than the last one, and later only if the server requests that.
 */
export function failureAfter(
  previous: Failure | undefined,
  error: RoomTokenError,
  isInTurn: boolean,
  now: number,
): Failure {
  const count = (previous?.count ?? 0) + (isInTurn ? 1 : 0);
  const longestMs = error.retryable ? LONGEST_TRANSIENT_PAUSE_MS : LONGEST_PAUSE_MS;
  const plannedAt = isInTurn ? undefined : previous?.retryAt;
  const pausedUntil = plannedAt ?? now + backoffMs(count, FIRST_PAUSE_MS, longestMs);
  const serverDelayUntil = now + Math.min(error.retryAfterMs ?? 0, LONGEST_PAUSE_MS);
  const retryAt = Math.max(serverDelayUntil, Math.min(pausedUntil, now + longestMs));
  return { error, count, retryAt, retryAtEpochMs: Math.round(Date.now() + retryAt - now), serverDelayUntil };
}

/** The pause after the loss of a room. */
export function roomPauseMs(losses: number): number {
  return backoffMs(losses, FIRST_PAUSE_MS, LONGEST_TRANSIENT_PAUSE_MS);
}

/** The error of the last attempt, for a caller that comes in the pause after it. */
export function errorInPause(error: RoomTokenError, retryAfterMs: number): RoomTokenError {
  const { code, message, cause, bodyText } = error; // own members, but not enumerable
  return new RoomTokenError(code, message, { ...error, cause, bodyText, retryAfterMs });
}
