import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { createTokenResponse, type RoomTokenClient } from "telnyx-room-tokens";

/** The login of the one user that there is. SameSite keeps other sites' pages from using it. */
export const LOGIN_COOKIE = "login=ann; HttpOnly; SameSite=Strict; Path=/";
export const LOGOUT_COOKIE = "login=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0";

/** The route that gives a page its tokens, with nothing but node:http: docs/back-ends.md has it for frameworks too. */
export function roomTokenRoute(roomTokens: RoomTokenClient, tokenTtlSecs: number) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const send = (status: number, body: object, headers = { "Content-Type": "application/json" }) =>
      void res.writeHead(status, headers).end(JSON.stringify(body));
    const [, roomId] = /^\/rooms\/([^/]+)\/token$/.exec(req.url ?? "") ?? [];
    if (req.method !== "POST" || !roomId) return send(404, { title: "There is no such route." });
    const user = await userOf(req);
    if (!user) return send(401, { title: "Please log in." });
    if (!(await mayJoin(user, roomId))) return send(403, { title: "You may not join this room." });
    const options = { requestBody: text(req), tokenTtlSecs }; // this page renews by a refresh token
    const { status, headers, body, error } = await createTokenResponse(roomTokens, roomId, options);
    if (error) console.error(error.message);
    return send(status, body, { "Content-Type": "application/json", ...headers });
  };
}

const userOf = async (req: IncomingMessage): Promise<string | undefined> =>
  /\blogin=(\w+)/.exec(req.headers.cookie ?? "")?.[1];
const mayJoin = async (user: string, roomId: string): Promise<boolean> => user === "ann" && roomId !== "";
