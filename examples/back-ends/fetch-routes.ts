/**
 * The two routes in the style of fetch, as Next.js, Remix and others have them. In Next.js:
 * `app/rooms/[roomId]/token/route.ts` has `export { createToken as POST } from ".../fetch-routes";`,
 * `app/rooms/[roomId]/token/refresh/route.ts` has `export { refreshToken as POST } from ".../fetch-routes";`.
 */
import { isRoomTokenError, RoomTokenClient } from "telnyx-room-tokens";
import { FORBIDDEN, type Refusal, refusalOf } from "./refusal.ts";
import { mayJoin } from "./your-login.ts";

const roomTokens = new RoomTokenClient();

interface Context {
  readonly params: Promise<{ roomId: string }>;
}

export function createToken(request: Request, context: Context): Promise<Response> {
  return answer(request, context, (roomId) => roomTokens.create(roomId, { tokenTtlSecs: 600 }));
}

export function refreshToken(request: Request, context: Context): Promise<Response> {
  return answer(request, context, async (roomId) => {
    const { refreshToken } = (await request.json().catch(() => undefined)) ?? {};
    return roomTokens.refresh(roomId, { refreshToken, tokenTtlSecs: 600 });
  });
}

type Work = (roomId: string) => Promise<object>;

async function answer(request: Request, { params }: Context, work: Work): Promise<Response> {
  const { roomId } = await params;
  if (!(await mayJoin(request.headers.get("cookie"), roomId))) return send(FORBIDDEN);
  try {
    return Response.json(await work(roomId), { status: 201, headers: { "Cache-Control": "no-store" } });
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    console.error(error.message); // fit for a log: it holds no key and no token
    return send(refusalOf(error));
  }
}

const send = ({ status, headers, body }: Refusal) => Response.json(body, { status, headers });
