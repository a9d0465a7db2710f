import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { RoomTokenClient } from "../../src/index.ts";
import { listen } from "../loopback.ts";
import { Sandbox } from "../sandbox/index.ts";

/** The application's server: serves the page, and mints its tokens at a stand-in for Telnyx. */
export interface BackEnd {
  readonly url: string;
  readonly roomId: string;
  /** Every token, in the order in which they were minted. */
  readonly minted: readonly string[];
  /** How many of them a refresh token brought. */
  readonly refreshCount: () => number;
  /** Whether a token was minted for that room and is alive. */
  readonly accepts: (token: string, roomId: string) => boolean;
  close(): Promise<void>;
}

const htmlFor = (roomId: string) => `<!doctype html>
<html lang="en">
<title>Room</title>
<link rel="icon" href="data:,">
<body data-room-id="${roomId}"><script type="module" src="/page.js"></script>
</html>`;

export async function startBackEnd(script: string, tokenTtlSecs: number): Promise<BackEnd> {
  const sandbox = new Sandbox();
  const { roomId, apiKey } = sandbox;
  const roomTokens = new RoomTokenClient({ apiKey, baseUrl: "http://127.0.0.1/v2", fetch: sandbox.fetch });
  const minted: string[] = [];
  let refreshCount = 0;

  const server = createServer(async (request, response) => {
    const reply = (status: number, type: string, body: string) =>
      response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" }).end(body);
    const replyToken = (grant: { token: string }) => {
      minted.push(grant.token);
      reply(201, "application/json", JSON.stringify(grant));
    };
    switch (`${request.method} ${request.url}`) {
      case "GET /":
        return reply(200, "text/html", htmlFor(roomId));
      case "GET /page.js":
        return reply(200, "text/javascript", script);
      case "POST /token":
        return replyToken(await roomTokens.create(roomId, { tokenTtlSecs }));
      case "POST /token/refresh": {
        const { refreshToken } = (await json(request)) as { refreshToken: string };
        refreshCount += 1;
        return replyToken(await roomTokens.refresh(roomId, { refreshToken, tokenTtlSecs }));
      }
      default:
        return reply(404, "text/plain", "");
    }
  });
  const url = await listen(server);
  return {
    url,
    roomId,
    minted,
    refreshCount: () => refreshCount,
    accepts: (token, room) => sandbox.accepts(token, room),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
