import { parseErrorDetails } from "../errors/response-error.ts";
import {
  isRoomTokenError,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenOperation,
} from "../errors/room-token-error.ts";
import { codeOfStatus } from "../errors/status.ts";
import { rootCause, sanitizeError } from "../errors/thrown-error.ts";
import { isObject } from "../lib/values.ts";
import { isRefusal } from "./refusal.ts";

type Redact = (text: string) => string;

/**
 * What a callback rejected with, as a fresh error: the caller's own may hold the request with its tokens. Its
 * members are read with care, for a getter may throw.
 */
export function callbackError(
  thrown: unknown,
  operation: RoomTokenOperation,
  redact: Redact,
): RoomTokenError {
  const read = (name: string): unknown => {
    try {
      return isObject(thrown) ? thrown[name] : undefined;
    } catch {
      return undefined;
    }
  };
  const text = (name: string) => {
    const value = read(name);
    return typeof value === "string" ? redact(value) : undefined;
  };
  const number = (name: string) => {
    const value = read(name);
    return typeof value === "number" && value >= 0 && value < Infinity ? value : undefined;
  };
  const status = number("status");
  const retryAfterMs = number("retryAfterMs");
  const ownCode = read("code");
  const retryable = !isRefusal({ code: ownCode, status, retryable: read("retryable") });
  const facts = { operation, status, retryable, retryAfterMs };
  if (isRoomTokenError(thrown)) {
    const cause = read("cause");
    return new RoomTokenError(ownCode as RoomTokenErrorCode, text("message") ?? "", {
      ...facts,
      requestId: text("requestId"),
      errors: parseErrorDetails({ errors: read("errors") }, redact),
      bodyText: text("bodyText"),
      cause: cause && sanitizeError(cause, redact),
    });
  }
  const cause = sanitizeError(thrown, redact);
  const reason = rootCause(cause);
  const failed = `The session's ${operation} failed`;
  return new RoomTokenError(
    status !== undefined && status >= 300 ? codeOfStatus(status) : "connection_failed",
    reason === "" ? failed : `${failed}: ${reason}`,
    { ...facts, cause },
  );
}
