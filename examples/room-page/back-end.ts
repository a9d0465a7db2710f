import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { isRoomTokenError, type RoomTokenClient } from "telnyx-room-tokens";
import { FORBIDDEN, refusalOf } from "../back-ends/refusal.ts";
import { mayJoin } from "../back-ends/your-login.ts";

/** Logs everybody in who opens the page. SameSite keeps other sites' pages from using it. */
export const LOGIN_COOKIE = "login=ann; HttpOnly; SameSite=Strict; Path=/";

const ROUTE = /^\/rooms\/([^/]+)\/token(\/refresh)?$/;

/** The two routes with nothing but node:http. The API key stays here. */
export function roomTokenRoutes(roomTokens: RoomTokenClient, tokenTtlSecs: number) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = (status: number, body: object, headers: Record<string, string> = {}) => {
      const own = { "Content-Type": "application/json", "Cache-Control": "no-store" };
      response.writeHead(status, { ...own, ...headers }).end(JSON.stringify(body));
    };
    const [route, roomId = "", refresh] = ROUTE.exec(request.url ?? "") ?? [];
    if (request.method !== "POST" || route === undefined)
      return reply(404, { title: "There is no such route." });
    const isAllowed = await mayJoin(request.headers.cookie, roomId);
    if (!isAllowed) return reply(FORBIDDEN.status, FORBIDDEN.body);
    try {
      if (refresh === undefined) return reply(201, await roomTokens.create(roomId, { tokenTtlSecs }));
      const { refreshToken } = (await json(request)) as { refreshToken: string };
      reply(201, await roomTokens.refresh(roomId, { refreshToken, tokenTtlSecs }));
    } catch (error) {
      if (!isRoomTokenError(error)) return reply(400, { title: "The request is not valid." });
      console.error(error.message); // fit for a log: it holds no key and no token
      const { status, body, headers } = refusalOf(error);
      reply(status, body, headers);
    }
  };
}
