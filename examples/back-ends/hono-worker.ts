/** `POST /rooms/:roomId/token` on a worker. Start: `npx wrangler dev hono-worker.ts --var TELNYX_API_KEY:KEY...` */
import { Hono } from "hono";
import { isRoomTokenError, RoomsClientTokens } from "telnyx-room-tokens";
import { mayJoin } from "./your-login.ts";

interface Bindings {
  TELNYX_API_KEY: string;
  TELNYX_BASE_URL?: string;
}

const app = new Hono<{ Bindings: Bindings }>();

app.post("/rooms/:roomId/token", async (context) => {
  const { roomId } = context.req.param();
  const { TELNYX_API_KEY: apiKey, TELNYX_BASE_URL: baseUrl } = context.env;
  context.header("Cache-Control", "no-store");
  if (!(await mayJoin(context.req.header("cookie"), roomId))) return context.body(null, 403);
  try {
    const roomTokens = new RoomsClientTokens({ apiKey, baseUrl });
    return context.json(await roomTokens.create(roomId, { tokenTtlSecs: 600 }), 201);
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    console.error(error.message); // fit for a log: it holds no key and no token
    return context.body(null, error.code === "not_found" || error.code === "invalid_argument" ? 404 : 502);
  }
});

export default app;
