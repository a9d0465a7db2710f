import { createServer } from "node:http";
import { createTokenResponse, RoomTokenClient } from "../../src/index.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { listen } from "../loopback.ts";

/** The room of the README's snippet. */
const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";

/** The application's server: serves the page, and gives it tokens of a stand-in for Telnyx. */
export interface BackEnd {
  readonly url: string;
  /** Every token, in the order in which they were created. */
  readonly tokens: readonly string[];
  /** Whether a token was created for that room and has not expired. */
  readonly accepts: (token: string, roomId: string) => boolean;
  close(): Promise<void>;
}

const HTML = `<!doctype html>
<html lang="en">
<title>Room</title>
<link rel="icon" href="data:,">
<body data-room-id="${ROOM_ID}">
<button id="join">Join</button><button id="leave">Leave</button><div id="root"></div>
<script type="module" src="/page.js"></script>
</html>`;

export async function startBackEnd(script: string, tokenTtlSecs: number): Promise<BackEnd> {
  const sandbox = new StandIn({ roomIds: [ROOM_ID] });
  const { apiKey } = sandbox;
  const roomTokens = new RoomTokenClient({ apiKey, baseUrl: "http://127.0.0.1/v2", fetch: sandbox.fetch });
  const tokens: string[] = [];

  const server = createServer(async (request, response) => {
    const reply = (status: number, type: string, body: string) =>
      response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" }).end(body);
    switch (`${request.method} ${request.url}`) {
      case "GET /":
        return reply(200, "text/html", HTML);
      case "GET /page.js":
        return reply(200, "text/javascript", script);
      case `POST /rooms/${ROOM_ID}/token`: {
        const { status, body } = await createTokenResponse(roomTokens, ROOM_ID, { tokenTtlSecs });
        if (body["token"] !== undefined) tokens.push(body["token"]);
        return reply(status, "application/json", JSON.stringify(body));
      }
      default:
        return reply(404, "text/plain", "");
    }
  });
  const url = await listen(server);
  return {
    url,
    tokens,
    accepts: (token, room) => sandbox.accepts(token, room),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
