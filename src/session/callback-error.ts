import {
  isRoomTokenError,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "../errors/room-token-error.ts";
import { codeOfStatus } from "../errors/status.ts";
import { copyOfThrown, deepestReason } from "../errors/thrown.ts";
import { isObject } from "../values.ts";
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
  const read = (name: string) => attempt(() => (isObject(thrown) ? thrown[name] : undefined));
  const text = (name: string) => {
    const value = read(name);
    return typeof value === "string" ? redact(value) : undefined;
  };
  const number = (name: string) => {
    const value = read(name);
    return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : undefined;
  };
  const [code, status, retryAfterMs] = [read("code"), number("status"), number("retryAfterMs")];
  const retryable = !isRefusal({ code, status, retryable: read("retryable") });
  const facts = { operation, status, retryable, retryAfterMs };
  if (isRoomTokenError(thrown) && typeof code === "string") {
    const cause = read("cause");
    return new RoomTokenError(code as RoomTokenErrorCode, text("message") ?? "", {
      ...facts,
      requestId: text("requestId"),
      // Telnyx's words once more, redacted; none where the text was too long to stay JSON.
      errors: attempt(() => JSON.parse(redact(JSON.stringify(read("errors")))) as TelnyxErrorDetail[]),
      bodyText: text("bodyText"),
      cause: cause === undefined ? undefined : copyOfThrown(cause, redact),
    });
  }
  const cause = copyOfThrown(thrown, redact);
  const reason = deepestReason(cause);
  const failed = `The session's ${operation} callback failed`;
  return new RoomTokenError(
    status !== undefined && status >= 300 ? codeOfStatus(status) : "connection_failed",
    reason === "" ? failed : `${failed}: ${reason}`,
    { ...facts, cause },
  );
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
