import type { RoomTokenError, RoomTokenOperation } from "../errors/room-token-error.ts";
import { askedMs, backoffMs } from "./backoff.ts";
import { isRefusal, REFUSAL_PAUSE_MS, slowPauseMs } from "./refusal.ts";

const FORCED_PAUSE_MS = 1000;
const ONLINE_PAUSE_MS = 1000;

/** What is known since the last renewal failed; a success ends it. Its moments are those of the session's clock. */
export interface Failure {
  readonly error: RoomTokenError;
  readonly isRefusal: boolean;
  /** When the last attempt was begun. */
  readonly attemptedAt: number;
  /** When the next attempt is made: by itself in a session that is started, else if somebody waits for it. */
  readonly retryAt: number;
  /** When the next attempt may be made if the network comes back before. */
  readonly onlineAt: number;
  /** Transient failures in a row. */
  readonly transientFailures: number;
  /** Refusals since a token was last valid. */
  readonly refusalsWithoutToken: number;
  /** After a refusal: whose turn it is, where there are both callbacks. */
  readonly turn: RoomTokenOperation;
}

/** The attempt that failed. */
export interface FailedAttempt {
  readonly error: RoomTokenError;
  readonly attemptedAt: number;
  readonly now: number;
  /** When the token held dies; undefined without a valid token. */
  readonly tokenDiesAt: number | undefined;
  readonly turn: RoomTokenOperation;
}

export function failureAfter(previous: Failure | undefined, failed: FailedAttempt): Failure {
  const { error, attemptedAt, turn } = failed;
  const pace = isRefusal(error) ? slowPace(previous, failed) : quickPace(previous, failed);
  return { error, attemptedAt, turn, ...pace };
}

type Pace = Omit<Failure, "error" | "attemptedAt" | "turn">;

function quickPace(previous: Failure | undefined, { error, attemptedAt, now }: FailedAttempt): Pace {
  const before = previous?.transientFailures ?? 0;
  return {
    isRefusal: false,
    retryAt: now + backoffMs(before, error.retryAfterMs),
    onlineAt: Math.max(now + askedMs(error.retryAfterMs), attemptedAt + ONLINE_PAUSE_MS),
    transientFailures: before + 1,
    refusalsWithoutToken: previous?.refusalsWithoutToken ?? 0,
  };
}

function slowPace(previous: Failure | undefined, { attemptedAt, now, tokenDiesAt }: FailedAttempt): Pace {
  const refusalsWithoutToken = tokenDiesAt === undefined ? (previous?.refusalsWithoutToken ?? 0) + 1 : 0;
  const slowAt = Math.max(now, attemptedAt + slowPauseMs(refusalsWithoutToken));
  return {
    isRefusal: true,
    // Once more as the token dies: it is then that somebody needs another.
    retryAt: Math.min(slowAt, tokenDiesAt ?? slowAt),
    onlineAt: attemptedAt + REFUSAL_PAUSE_MS,
    transientFailures: 0,
    refusalsWithoutToken,
  };
}

/** From when on somebody who has a valid token, or none, sets off an attempt. */
export function mayAskAt({ isRefusal, attemptedAt, retryAt }: Failure): number {
  return isRefusal ? attemptedAt + REFUSAL_PAUSE_MS : retryAt;
}

/** From when on a forced refresh does. */
export function mayForceAt({ isRefusal, attemptedAt, retryAt }: Failure): number {
  return isRefusal ? attemptedAt + FORCED_PAUSE_MS : retryAt;
}

/** The failure once the network is back. */
export function afterOnline(failure: Failure): Failure {
  return { ...failure, retryAt: Math.min(failure.retryAt, failure.onlineAt) };
}

/** The failure once the user is back at the page: only a refusal that is old enough is asked again earlier. */
export function afterReturn(failure: Failure): Failure {
  return failure.isRefusal ? afterOnline(failure) : failure;
}
