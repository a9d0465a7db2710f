import { RoomTokenClient } from "telnyx-room-tokens";

/** What the page's session asks for its tokens. A real one checks its user first. */
export async function POST(_request, { params }) {
  const { roomId } = await params;
  const grant = await new RoomTokenClient().create(roomId);
  return Response.json(grant, { status: 201, headers: { "cache-control": "no-store" } });
}
