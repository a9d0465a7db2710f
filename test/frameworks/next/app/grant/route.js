import { RoomTokenClient } from "telnyx-room-tokens";

/** A route that nothing but its call of `create` makes dynamic: Next 14 answers such a GET at build time. */
export async function GET() {
  return Response.json(await new RoomTokenClient().create(process.env.ROOM_ID));
}
