import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { isRoomTokenError, type RoomsClientTokens, type RoomTokenErrorCode } from "telnyx-room-tokens";

/** What the page may be told of a refusal; all else is a 502, and nobody's business but ours. */
const TOLD: Partial<Record<RoomTokenErrorCode, number>> = {
  invalid_argument: 400,
  forbidden: 403,
  not_found: 404,
  rate_limited: 429,
};

/**
 * The routes that a room page needs: it creates and refreshes tokens for users who are logged in, in the rooms
 * of an allow-list. The API key stays here.
 */
export function roomTokenRoutes(
  roomTokens: RoomsClientTokens,
  rooms: ReadonlySet<string>,
  tokenTtlSecs: number,
) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = (status: number, body: object, headers = {}) => {
      // no-store: a token must not be kept by any cache on its way.
      response.writeHead(status, {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        ...headers,
      });
      response.end(JSON.stringify(body));
    };
    const [, roomId = "", action] = /^\/rooms\/([^/]+)\/token(\/refresh)?$/.exec(request.url ?? "") ?? [];
    if (request.method !== "POST") return reply(405, { error: "POST only" });
    if (!isLoggedIn(request)) return reply(401, { error: "log in first" });
    if (!rooms.has(roomId)) return reply(404, { error: "no such room" });
    try {
      if (action === undefined) return reply(201, await roomTokens.create(roomId, { tokenTtlSecs }));
      const { refreshToken } = (await json(request)) as { refreshToken: string };
      return reply(201, await roomTokens.refresh(roomId, { refreshToken, tokenTtlSecs }));
    } catch (error) {
      if (!isRoomTokenError(error)) return reply(400, { error: "not understood" });
      console.error(error.message); // fit for a log: it holds no key and no token
      const waitSecs = Math.ceil((error.retryAfterMs ?? 0) / 1000);
      reply(TOLD[error.code] ?? 502, { error: error.code }, waitSecs > 0 ? { "Retry-After": waitSecs } : {});
    }
  };
}

/** A stand-in for your own login. SameSite keeps other sites' pages from using it. */
export const LOGIN_COOKIE = "login=ann; HttpOnly; SameSite=Strict; Path=/";

function isLoggedIn(request: IncomingMessage): boolean {
  return (request.headers.cookie ?? "").split("; ").includes("login=ann");
}
