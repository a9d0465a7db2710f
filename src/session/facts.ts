import type { RoomTokenOperation } from "../errors/room-token-error.ts";
import { LONG_AGO } from "./clock.ts";
import type { Failure } from "./failure.ts";
import type { SavedRoomTokenGrant } from "./grant.ts";
import type { HeldToken } from "./held-token.ts";
import type { SessionSettings } from "./options.ts";

/** From the last request to the next attempt at least; only the pause after a failure may be shorter. */
const LEAST_PAUSE_MS = 1000;

/** What a session knows. Never changed in place. Times are of the session's clock. */
export interface Facts {
  readonly held?: HeldToken | undefined;
  readonly refreshToken?: string | undefined;
  /** Undefined if the last renewal succeeded, or there was none. */
  readonly failure?: Failure | undefined;
  /** When the last request was sent. */
  readonly lastSentAt: number;
}

export const NO_FACTS: Facts = { lastSentAt: LONG_AGO };

/** What is held, in the form for storing; undefined if nothing is. */
export function savedGrant({ held, refreshToken }: Facts): SavedRoomTokenGrant | undefined {
  if (held === undefined) return undefined;
  const tokenExpiresAt = new Date(held.expiresAtEpochMs).toISOString();
  return { token: held.token, tokenExpiresAt, ...(refreshToken !== undefined && { refreshToken }) };
}

/**
 * When the next attempt begins, if one is wanted and none is under way. Every schedule and every pause is here.
 *
 * @param isWaitedFor Whether a caller waits for a renewal.
 * @param isUrgent Whether it may be made out of turn: a caller forces it, or the page is back.
 */
export function nextAttemptAt(facts: Facts, isWaitedFor: boolean, isUrgent: boolean): number {
  const { held, failure, lastSentAt } = facts;
  const earliestAt = lastSentAt + LEAST_PAUSE_MS;
  if (failure !== undefined) {
    const { retryAt, serverDelayUntil } = failure;
    return isUrgent ? Math.min(retryAt, Math.max(earliestAt, serverDelayUntil)) : retryAt;
  }
  return isWaitedFor || held === undefined ? earliestAt : Math.max(earliestAt, held.dueAt);
}

/**
 * What the next attempt requests: a refresh, if there is a refresh token. After a failure that was not a refusal,
 * create and refresh take turns, if there are both.
 */
export function nextOperation(
  { refreshToken, failure }: Facts,
  { create, refresh }: SessionSettings,
): RoomTokenOperation {
  if (refresh === undefined || refreshToken === undefined) return "create";
  const { retryable, operation } = failure?.error ?? {};
  return create !== undefined && retryable && operation === "refresh" ? "create" : "refresh";
}
