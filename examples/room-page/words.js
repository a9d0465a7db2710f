// @ts-check

/**
 * What a page says to people about each error of its session, and what it offers them: `retry` shows when the session tries
 * again and a button that tries at once, `login` and `reload` a button for that, `leave` a way out of the room.
 *
 * @type {Record<import("telnyx-room-tokens/session").RoomTokenErrorCode, { says: string, offers: "retry" | "login" | "reload" | "leave" }>}
 */
export const WORDS = {
  connection_failed: { says: "The server cannot be reached. Are you online?", offers: "retry" },
  timeout: { says: "The server does not answer.", offers: "retry" },
  rate_limited: { says: "Too many people want to join at the moment.", offers: "retry" },
  server_error: { says: "The server has a problem.", offers: "retry" },
  bad_request: { says: "Something went wrong on the server.", offers: "retry" },
  conflict: { says: "Something went wrong on the server.", offers: "retry" },
  unprocessable: { says: "Something went wrong on the server.", offers: "retry" },
  unexpected_status: { says: "Something went wrong on the server.", offers: "retry" },
  unauthorized: { says: "Please log in again.", offers: "login" },
  redirect_refused: { says: "Please load this page again.", offers: "reload" },
  invalid_response: { says: "Please load this page again.", offers: "reload" },
  forbidden: { says: "You may not join this room.", offers: "leave" },
  not_found: { says: "This room no longer exists.", offers: "leave" },
  session_closed: { says: "You have left the room.", offers: "leave" },
  invalid_argument: { says: "Something is wrong with this page.", offers: "reload" },
  missing_api_key: { says: "Something is wrong with this page.", offers: "reload" },
};
