import { isObject } from "../checks.ts";
import {
  isRoomTokenError,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "../errors/room-token-error.ts";
import { codeOfStatus } from "../errors/status.ts";
import { copyOfThrown, deepestReason } from "../errors/thrown.ts";
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
  const text = (name: string) => textOf(read(name), redact);
  const number = (name: string) => finite(read(name));
  const [code, status] = [read("code"), number("status")];
  const isOurs = attempt(() => isRoomTokenError(thrown)) === true;
  const retryAfterMs = number("retryAfterMs");
  const init = {
    operation,
    status,
    retryable: !isRefusal({ code, status, retryable: read("retryable") }),
    retryAfterMs: retryAfterMs !== undefined && retryAfterMs >= 0 ? retryAfterMs : undefined,
  };
  if (isOurs && typeof code === "string") {
    const cause = read("cause");
    return new RoomTokenError(code as RoomTokenErrorCode, text("message") ?? "", {
      ...init,
      requestId: text("requestId"),
      errors: detailsOf(read("errors"), redact),
      bodyText: text("bodyText"),
      cause: cause === undefined ? undefined : copyOfThrown(cause, redact),
    });
  }
  const cause = copyOfThrown(thrown, redact);
  const words = deepestReason(cause);
  const reason = words === "" ? "" : `: ${words}`;
  const kind = status !== undefined && status >= 300 ? codeOfStatus(status) : "connection_failed";
  return new RoomTokenError(kind, `The session's ${operation} callback failed${reason}`, { ...init, cause });
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function textOf(value: unknown, redact: Redact): string | undefined {
  return typeof value === "string" ? redact(value) : undefined;
}

/** Telnyx's words once more, redacted. */
function detailsOf(errors: unknown, redact: Redact): TelnyxErrorDetail[] {
  const copies = attempt(() =>
    (errors as object[]).map((detail) =>
      Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, textOf(value, redact) ?? ""])),
    ),
  );
  return (copies as TelnyxErrorDetail[] | undefined) ?? [];
}
