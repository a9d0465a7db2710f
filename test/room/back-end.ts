import { createServer } from "node:http";
import { createTokenResponse, RoomTokenClient } from "../../src/index.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { listen } from "../loopback.ts";

/** The application's server: serves the page, and gives it tokens of a stand-in for Telnyx. */
export interface BackEnd {
  readonly url: string;
  /** Every token, in the order in which they were created. */
  readonly tokens: readonly string[];
  /** Whether a token was created for that room and has not expired. */
  readonly accepts: (token: string, roomId: string) => boolean;
  close(): Promise<void>;
}

export async function startBackEnd(script: string, tokenTtlSecs: number): Promise<BackEnd> {
  const sandbox = new StandIn(); // its room is that of the README's snippet
  const { apiKey, roomId } = sandbox;
  const roomTokens = new RoomTokenClient({ apiKey, baseUrl: "http://127.0.0.1/v2", fetch: sandbox.fetch });
  const tokens: string[] = [];
  const html = `<!doctype html>
<html lang="en">
<title>Room</title>
<link rel="icon" href="data:,">
<body data-room-id="${roomId}">
<button id="join">Join</button><button id="leave">Leave</button><div id="root"></div>
<script type="module">${script.replaceAll("</script", "<\\/script")}</script>
</html>`;

  const server = createServer(async (request, response) => {
    response.setHeader("Cache-Control", "no-store");
    if (request.url === "/") return response.setHeader("Content-Type", "text/html; charset=utf-8").end(html);
    if (request.url !== `/rooms/${roomId}/token`) return response.writeHead(404).end();
    const { status, body } = await createTokenResponse(roomTokens, roomId, { tokenTtlSecs });
    if (body["token"] !== undefined) tokens.push(body["token"]);
    return response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
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
