import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { RoomTokenClient } from "telnyx-room-tokens";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const CREATE = "https://api.telnyx.com/v2/rooms/:roomId/actions/generate_join_client_token";
const DATA = {
  token: "a token",
  token_expires_at: "2030-01-01T00:10:00Z",
  refresh_token: "a refresh token",
  refresh_token_expires_at: "2030-01-01T01:00:00Z",
};

const telnyx = setupServer();
beforeAll(() => telnyx.listen({ onUnhandledRequest: "error" }));
afterEach(() => telnyx.resetHandlers());
afterAll(() => telnyx.close());

test("the whole request is what Telnyx documents", async () => {
  const seen: unknown[] = [];
  telnyx.use(
    http.post(CREATE, async ({ request, params }) => {
      seen.push(params["roomId"], request.headers.get("authorization"), await request.json());
      return HttpResponse.json({ data: DATA }, { status: 201 });
    }),
  );
  const roomTokens = new RoomTokenClient({ apiKey: "KEY_test" });
  const { token } = await roomTokens.create(ROOM_ID, { tokenTtlSecs: 60 });
  expect(token).toBe("a token");
  expect(seen).toEqual([ROOM_ID, "Bearer KEY_test", { token_ttl_secs: 60 }]);
});

test("a response without a body is an error of its status, and a broken connection is connection_failed", async () => {
  const roomTokens = new RoomTokenClient({ apiKey: "KEY_test", maxRetries: 0 });
  telnyx.use(http.post(CREATE, () => new HttpResponse(null, { status: 403 }), { once: true }));
  await expect(roomTokens.create(ROOM_ID)).rejects.toMatchObject({ code: "forbidden" });
  telnyx.use(http.post(CREATE, () => HttpResponse.error()));
  await expect(roomTokens.create(ROOM_ID)).rejects.toMatchObject({ code: "connection_failed" });
});
