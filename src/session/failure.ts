import type { RoomTokenError, RoomTokenOperation } from "../errors/room-token-error.ts";
import { askedMs, backoffMs } from "./backoff.ts";
import { NEVER } from "./clock.ts";
import { isRefusal, REFUSAL_PAUSE_MS, slowPauseMs } from "./refusal.ts";

const FORCED_PAUSE_MS = 1000;
const ONLINE_PAUSE_MS = 1000;

/** The attempt that failed. Its moments are those of the session's clock. */
export interface FailedAttempt {
  readonly error: RoomTokenError;
  /** When it was begun. */
  readonly attemptedAt: number;
  readonly failedAt: number;
  /** When the token held dies; never, without a valid token. */
  readonly diesAt: number;
  /** After a refusal: whose turn it is, where there are both callbacks. */
  readonly turn: RoomTokenOperation;
}

interface Pace {
  readonly isRefusal: boolean;
  /** When the next attempt is made: by itself in a session that is started, else if somebody waits for it. */
  readonly retryAt: number;
  /** When the next attempt may be made if the network comes back, or after a refusal the user. */
  readonly onlineAt: number;
  /** Transient failures in a row. */
  readonly failures: number;
  /** Refusals in a row without a valid token. */
  readonly refusals: number;
}

/** What is known since the last renewal failed; a success ends it. */
export interface Failure extends FailedAttempt, Pace {}

export function failureAfter(previous: Failure | undefined, failed: FailedAttempt): Failure {
  const pace = isRefusal(failed.error) ? slowPace(previous, failed) : quickPace(previous, failed);
  return { ...failed, ...pace };
}

function quickPace(previous: Failure | undefined, { error, attemptedAt, failedAt }: FailedAttempt): Pace {
  const before = previous?.failures ?? 0;
  return {
    isRefusal: false,
    retryAt: failedAt + backoffMs(before, error.retryAfterMs),
    onlineAt: Math.max(failedAt + askedMs(error.retryAfterMs), attemptedAt + ONLINE_PAUSE_MS),
    failures: before + 1,
    refusals: previous?.refusals ?? 0,
  };
}

function slowPace(previous: Failure | undefined, { attemptedAt, failedAt, diesAt }: FailedAttempt): Pace {
  const refusals = diesAt === NEVER ? (previous?.refusals ?? 0) + 1 : 0;
  const slowAt = Math.max(failedAt, attemptedAt + slowPauseMs(refusals));
  return {
    isRefusal: true,
    // Once more as the token dies: it is then that somebody needs another.
    retryAt: Math.min(slowAt, diesAt),
    onlineAt: attemptedAt + REFUSAL_PAUSE_MS,
    failures: 0,
    refusals,
  };
}

/**
 * From when on a caller sets off an attempt.
 *
 * @param isForced The caller said that the token held is no good. After a refusal it then waits less.
 */
export function mayAskAt({ isRefusal, attemptedAt, retryAt }: Failure, isForced: boolean): number {
  return isRefusal ? attemptedAt + (isForced ? FORCED_PAUSE_MS : REFUSAL_PAUSE_MS) : retryAt;
}

/** The failure once the network, or after a refusal the user, is back: its next attempt is brought forward. */
export function afterOnline(failure: Failure): Failure {
  return { ...failure, retryAt: Math.min(failure.retryAt, failure.onlineAt) };
}
