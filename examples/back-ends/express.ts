/** `POST /rooms/:roomId/token` on Express. Start: `TELNYX_API_KEY=KEY... PORT=3000 npx tsx express.ts` */
import type { AddressInfo } from "node:net";
import express from "express";
import { isRoomTokenError, RoomsClientTokens } from "telnyx-room-tokens";
import { mayJoin } from "./your-login.ts";

const roomTokens = new RoomsClientTokens();
const app = express();

app.post("/rooms/:roomId/token", async (request, response) => {
  const { roomId } = request.params;
  response.set("Cache-Control", "no-store");
  if (!(await mayJoin(request.get("cookie"), roomId))) {
    response.sendStatus(403);
    return;
  }
  try {
    response.status(201).json(await roomTokens.create(roomId, { tokenTtlSecs: 600 }));
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    console.error(error.message); // fit for a log: it holds no key and no token
    response.sendStatus(error.code === "not_found" || error.code === "invalid_argument" ? 404 : 502);
  }
});

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  console.log(`Ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
