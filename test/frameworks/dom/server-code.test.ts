// @vitest-environment node
import { RoomTokenClient } from "telnyx-room-tokens";
import { expect, test } from "vitest";
import { StandIn } from "../../../src/sandbox/stand-in.ts";

test("a comment at the top of a file takes it out of jsdom, so that server code with a key can be tested", async () => {
  expect(typeof document).toBe("undefined");
  const { apiKey, roomId, fetch } = new StandIn();
  const client = new RoomTokenClient({ apiKey, fetch, baseUrl: "http://127.0.0.1:1/v2" });
  expect((await client.create(roomId)).token).toMatch(/^eyJ/);
});
