import { isPage } from "../platform.ts";
import type { Subject } from "./answer.ts";
import { RoomTokenError } from "./room-token-error.ts";
import { copyOfThrown, deepestReason } from "./thrown.ts";

/** The error of a request that got no answer, or not the whole of it. */
export function connectionError(
  { operation, failed }: Subject,
  thrown: unknown,
  redact: (text: string) => string,
): RoomTokenError {
  const cause = copyOfThrown(thrown, redact);
  const hint = isPage() ? "; in a page perhaps by a missing CORS header" : "";
  const problem = `the connection failed (${deepestReason(cause) || cause.name})${hint}`;
  return new RoomTokenError("connection_failed", `${failed}: ${problem}`, {
    operation,
    retryable: true,
    cause,
  });
}

/** The error of a request that took too long. */
export function timeoutError({ operation, failed }: Subject, timeoutMs: number): RoomTokenError {
  const message = `${failed}: no complete answer within ${timeoutMs} ms`;
  return new RoomTokenError("timeout", message, { operation, retryable: true });
}
