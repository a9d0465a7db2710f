import { isRoomTokenError, RoomTokenClient } from "telnyx-room-tokens";
import { RoomTokenSession } from "telnyx-room-tokens/session";

test("a session gets its token by the client", async () => {
  const client = new RoomTokenClient();
  const session = new RoomTokenSession({ create: () => client.create(process.env.ROOM_ID) });
  expect(await session.getToken()).toMatch(/^eyJ/);
});

test("an error of the client is known as one", async () => {
  const error = await new RoomTokenClient().create("lobby").catch((thrown) => thrown);
  expect(isRoomTokenError(error)).toBe(true);
  expect(error.code).toBe("invalid_argument");
});
