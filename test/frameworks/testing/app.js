import { createServer } from "node:http";
import { createTokenResponse, RoomTokenClient } from "telnyx-room-tokens";

const roomTokens = new RoomTokenClient();

const app = createServer(async (request, response) => {
  const [, roomId] = request.url.match(/^\/rooms\/([^/]+)\/token$/) ?? [];
  const { status, headers, body } = await createTokenResponse(roomTokens, roomId);
  response.writeHead(status, headers).end(JSON.stringify(body));
});
app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${app.address().port}`));
