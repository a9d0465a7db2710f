import { isObject } from "../checks.ts";
import { isRoomTokenError, RoomTokenError, type RoomTokenOperation } from "../errors.ts";
import { codeOfStatus } from "../failures.ts";

/** The renewals that have failed since the last success. */
export interface Setback {
  readonly failures: number;
  /** The newest of their errors. */
  readonly error?: RoomTokenError | undefined;
  /** When the next attempt may come if the network comes back before, in milliseconds of the session's clock. */
  readonly onlineAt: number;
  /** Nobody makes an attempt before; `Infinity`: never again. */
  readonly retryAt: number;
}

export const NO_SETBACK: Setback = { failures: 0, onlineAt: -Infinity, retryAt: -Infinity };

/** The setback after one more failure: that of an attempt which was begun at `attemptedAt`. */
export function setBack(failures: number, error: RoomTokenError, attemptedAt: number, now: number): Setback {
  const { retryAfterMs } = error;
  const waitMs = isPermanent(error) ? Infinity : backoffMs(failures, retryAfterMs);
  const onlineAt = waitMs === Infinity ? Infinity : Math.max(now + askedMs(retryAfterMs), attemptedAt + 1000);
  return { failures: failures + 1, error, onlineAt, retryAt: now + waitMs };
}

/** The setback once the network is back. */
export function hastened(setback: Setback): Setback {
  return { ...setback, retryAt: Math.min(setback.retryAt, setback.onlineAt) };
}

/** Whether trying again is no use: the same rule for Telnyx's answers and for what a callback rejects with. */
export function isPermanent(error: { status?: unknown; retryable?: unknown; code?: unknown }): boolean {
  const { status, retryable, code } = error;
  if (retryable === false && code !== "invalid_response") return true;
  return typeof status === "number" && status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

/** How long to wait after a passing failure that came after `failures` others. */
export function backoffMs(failures: number, retryAfterMs?: number): number {
  const ownMs = Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
  return Math.max(ownMs, askedMs(retryAfterMs));
}

/** How long the server asked to wait, as far as it is honoured. */
function askedMs(retryAfterMs = 0): number {
  return Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs, 300_000) : 0;
}

/** What a callback rejected with, as an error of this package; one that is so already stays as it is. */
export function callbackError(cause: unknown, operation: RoomTokenOperation): RoomTokenError {
  try {
    if (isRoomTokenError(cause)) return cause;
    const { status, retryAfterMs, retryable, code } = isObject(cause) ? cause : {};
    const number = (value: unknown) => (typeof value === "number" ? value : undefined);
    const numbers = { status: number(status), retryAfterMs: number(retryAfterMs) };
    const init = { ...numbers, operation, retryable: !isPermanent({ status, retryable, code }), cause };
    const kind = typeof status === "number" ? codeOfStatus(status) : "connection_failed";
    return new RoomTokenError(kind, `The session's ${operation} callback failed`, init);
  } catch {
    return callbackError("an unreadable object", operation); // one of its getters throws
  }
}

/** Why somebody is not let wait for the next attempt: the last error again, or the end of the session. */
export function refusal({ error, retryAt }: Setback, failed: boolean, now: number): RoomTokenError {
  if (error === undefined) return new RoomTokenError("session_closed", "The session is closed");
  const ended = "The session has ended: its token is dead, another was refused";
  if (failed) return new RoomTokenError("session_expired", ended, { ...error, cause: error });
  if (retryAt === Infinity) return error;
  const { code, message, cause, bodyText } = error;
  return new RoomTokenError(code, message, { ...error, cause, bodyText, retryAfterMs: retryAt - now });
}
