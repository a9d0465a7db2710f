/**
 * The two routes on Express 5. Copy it with `refusal.ts` and `your-login.ts` into a project of your own, and there:
 * `npm install telnyx-room-tokens express tsx`
 * Start: `TELNYX_API_KEY=KEY... PORT=3000 npx tsx express.ts`
 * Try: `curl -X POST -H "Cookie: login=ann" http://127.0.0.1:3000/rooms/YOUR-ROOM-ID/token`
 */
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler } from "express";
import { isRoomTokenError, RoomTokenClient } from "telnyx-room-tokens";
import { FORBIDDEN, INVALID, type Refusal, refusalOf } from "./refusal.ts";
import { mayJoin } from "./your-login.ts";

const roomTokens = new RoomTokenClient();
const app = express();
const send = (response: express.Response, { status, headers, body }: Refusal) =>
  response.status(status).set(headers).json(body);

app.use("/rooms/:roomId/token", async (request, response, next) => {
  if (await mayJoin(request.get("cookie"), request.params.roomId)) next();
  else send(response, FORBIDDEN);
});
app.use(express.json());

app.post("/rooms/:roomId/token", async ({ params }, response) => {
  const grant = await roomTokens.create(params.roomId, { tokenTtlSecs: 600 });
  response.status(201).set("Cache-Control", "no-store").json(grant);
});

app.post("/rooms/:roomId/token/refresh", async ({ params, body }, response) => {
  const { refreshToken } = body ?? {};
  const refreshed = await roomTokens.refresh(params.roomId, { refreshToken, tokenTtlSecs: 600 });
  response.status(201).set("Cache-Control", "no-store").json(refreshed);
});

const onError: ErrorRequestHandler = (error, _request, response, next) => {
  if (isRoomTokenError(error)) {
    console.error(error.message); // fit for a log: it holds no key and no token
    send(response, refusalOf(error));
  } else if ("type" in error) {
    send(response, INVALID); // a body that is not JSON: Express would log it with its refresh token
  } else next(error);
};
app.use(onError);

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`Ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
