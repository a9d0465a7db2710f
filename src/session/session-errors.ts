import { RoomTokenError } from "../errors/room-token-error.ts";

export function closedError(): RoomTokenError {
  return new RoomTokenError("session_closed", "The session is closed: make a new one");
}

/** The error of the last attempt, for a caller that comes in the pause after it. */
export function errorInPause(error: RoomTokenError, retryAfterMs: number): RoomTokenError {
  const { code, message, cause, bodyText } = error; // an error's own members, but not enumerable
  return new RoomTokenError(code, message, { ...error, cause, bodyText, retryAfterMs });
}
