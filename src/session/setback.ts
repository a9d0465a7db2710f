import { isRoomTokenError, RoomTokenError, type RoomTokenOperation } from "../errors.ts";
import { codeOfStatus } from "../failures.ts";
import { isObject } from "../json.ts";

/** The renewals that have failed since the last success. */
export interface Setback {
  readonly failures: number;
  /** The newest of their errors. */
  readonly error?: RoomTokenError | undefined;
  /** When the newest of them was begun, in milliseconds of the session's clock. */
  readonly attemptedAt: number;
  /** Nobody makes an attempt before; `Infinity`: never again. */
  readonly retryAt: number;
}

export const NO_SETBACK: Setback = { failures: 0, attemptedAt: -Infinity, retryAt: -Infinity };

/** Whether trying again is no use: the same rule for Telnyx's answers and for what a callback rejects with. */
export function isPermanent(error: unknown): boolean {
  const { status, retryable, code } = isObject(error) ? error : {};
  if (retryable === false && code !== "invalid_response") return true;
  return typeof status === "number" && status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

/** How long to wait after a passing failure that came after `failures` others. */
export function backoffMs(failures: number, askedMs = 0): number {
  const ownMs = Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
  return Math.max(ownMs, Number.isFinite(askedMs) ? Math.min(askedMs, 300_000) : 0);
}

/** What a callback rejected with, as an error of this package; one that is so already stays as it is. */
export function callbackError(cause: unknown, operation: RoomTokenOperation): RoomTokenError {
  if (isRoomTokenError(cause)) return cause;
  const { status: s, retryAfterMs: ms } = isObject(cause) ? cause : {};
  const status = typeof s === "number" ? s : undefined;
  const code = status === undefined ? "connection_failed" : codeOfStatus(status);
  return new RoomTokenError(code, `The session's ${operation} callback failed`, {
    operation,
    status,
    retryAfterMs: typeof ms === "number" ? ms : undefined,
    retryable: !isPermanent(cause),
    cause,
  });
}

/** The last error again, for one who comes while the next attempt is far off. */
export function withRetryAfter(error: RoomTokenError, retryAfterMs: number): RoomTokenError {
  const { code, message, cause, bodyText } = error;
  return new RoomTokenError(code, message, { ...error, cause, bodyText, retryAfterMs });
}
