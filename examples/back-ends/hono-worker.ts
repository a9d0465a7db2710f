/** The two routes on a worker, with Hono. Start: `npx wrangler dev hono-worker.ts --var TELNYX_API_KEY:KEY...` */
import { type Context, Hono } from "hono";
import { isRoomTokenError, RoomTokenClient } from "telnyx-room-tokens";
import { FORBIDDEN, type Refusal, refusalOf } from "./refusal.ts";
import { mayJoin } from "./your-login.ts";

interface Bindings {
  TELNYX_API_KEY: string;
  TELNYX_BASE_URL?: string;
}

const app = new Hono<{ Bindings: Bindings }>();
const send = ({ status, headers, body }: Refusal) => Response.json(body, { status, headers });
const clientOf = ({ env }: Context<{ Bindings: Bindings }>) =>
  new RoomTokenClient({ apiKey: env.TELNYX_API_KEY, baseUrl: env.TELNYX_BASE_URL });

// In Hono this path stands for both routes, `/token` itself and what is below it.
app.use("/rooms/:roomId/token/*", async (context, next) => {
  if (!(await mayJoin(context.req.header("cookie"), context.req.param("roomId")))) return send(FORBIDDEN);
  await next();
  context.header("Cache-Control", "no-store");
});

app.post("/rooms/:roomId/token", async (context) => {
  const grant = await clientOf(context).create(context.req.param("roomId"), { tokenTtlSecs: 600 });
  return context.json(grant, 201);
});

app.post("/rooms/:roomId/token/refresh", async (context) => {
  const { refreshToken } = (await context.req.json().catch(() => undefined)) ?? {};
  const params = { refreshToken, tokenTtlSecs: 600 };
  return context.json(await clientOf(context).refresh(context.req.param("roomId"), params), 201);
});

app.onError((error) => {
  if (!isRoomTokenError(error)) throw error;
  console.error(error.message); // fit for a log: it holds no key and no token
  return send(refusalOf(error));
});

export default app;
