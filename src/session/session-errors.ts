import { RoomTokenError } from "../errors/room-token-error.ts";

export function closedError(): RoomTokenError {
  return new RoomTokenError("session_closed", "The session is closed");
}

/** @param refusal What the refresh token was refused with. */
export function expiredError(refusal: RoomTokenError): RoomTokenError {
  return new RoomTokenError("session_expired", "The refresh token has expired", {
    ...refusal,
    cause: refusal,
  });
}

/** The same error for somebody who comes later, with the time until it is worth asking again. */
export function laterError(error: RoomTokenError, retryAfterMs: number): RoomTokenError {
  const { code, message, cause, bodyText } = error; // an error's own members, but not enumerable
  return new RoomTokenError(code, message, { ...error, cause, bodyText, retryAfterMs });
}
