/** A route handler as Next.js has them: put it at `app/rooms/[roomId]/token/route.ts`. */
import { isRoomTokenError, RoomsClientTokens } from "telnyx-room-tokens";
import { mayJoin } from "./your-login.ts";

const roomTokens = new RoomsClientTokens(); // TELNYX_API_KEY
const headers = { "Cache-Control": "no-store" };

interface Context {
  readonly params: Promise<{ roomId: string }>;
}

export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { roomId } = await params;
  if (!(await mayJoin(request.headers.get("cookie"), roomId)))
    return new Response(null, { status: 403, headers });
  try {
    const grant = await roomTokens.create(roomId, { tokenTtlSecs: 600 });
    return Response.json(grant, { status: 201, headers });
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    console.error(error.message); // fit for a log: it holds no key and no token
    const status = error.code === "not_found" || error.code === "invalid_argument" ? 404 : 502;
    return new Response(null, { status, headers });
  }
}
