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
  const { status, retryAfterMs } = isObject(cause) ? cause : {};
  return new RoomTokenError(
    typeof status === "number" ? codeOfStatus(status) : "connection_failed",
    `The session's ${operation} callback failed`,
    {
      operation,
      status: typeof status === "number" ? status : undefined,
      retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : undefined,
      retryable: !isPermanent(cause),
      cause,
    },
  );
}

/** Why somebody is not let wait for the next attempt: the last error again, or the end of the session. */
export function refusal({ error, retryAt }: Setback, failed: boolean, now: number): RoomTokenError {
  if (error === undefined) return new RoomTokenError("session_closed", "The session is closed");
  const message = "The session has ended: its token is dead, and another was refused";
  if (failed) return new RoomTokenError("session_expired", message, { ...error, cause: error });
  if (retryAt === Infinity) return error;
  const { cause, bodyText } = error;
  const retryAfterMs = retryAt - now;
  return new RoomTokenError(error.code, error.message, { ...error, cause, bodyText, retryAfterMs });
}
