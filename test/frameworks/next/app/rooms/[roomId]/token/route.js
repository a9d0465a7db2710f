import { createTokenResponse, RoomTokenClient } from "telnyx-room-tokens";

/** What the page's session asks for its tokens. A real one checks its user first. */
export async function POST(_request, { params }) {
  const { roomId } = await params;
  const { status, headers, body } = await createTokenResponse(new RoomTokenClient(), roomId);
  return Response.json(body, { status, headers });
}
