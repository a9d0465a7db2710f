import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { RoomTokenClient } from "telnyx-room-tokens";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const ROOM_ID = "5f0c2a9e-7b1d-4c3e-9a64-2d8e1b7f3c05";
const CREATE = "https://api.telnyx.com/v2/rooms/:roomId/actions/generate_join_client_token";
const DATA = {
  token: "a token",
  token_expires_at: "2026-11-25T10:10:00Z",
  refresh_token: "a refresh token",
  refresh_token_expires_at: "2026-11-25T11:00:00Z",
};

const telnyx = setupServer();
beforeAll(() => telnyx.listen({ onUnhandledRequest: "error" }));
afterEach(() => telnyx.resetHandlers());
afterAll(() => telnyx.close());

test("msw answers the default fetch in place of Telnyx, and sees the whole request", async () => {
  const seen: unknown[] = [];
  telnyx.use(
    http.post(CREATE, async ({ request, params }) => {
      seen.push(params["roomId"], request.headers.get("authorization"), await request.json());
      return HttpResponse.json({ data: DATA }, { status: 201 });
    }),
  );
  const client = new RoomTokenClient({ apiKey: "KEY_test", baseUrl: "https://api.telnyx.com/v2" });
  const grant = await client.create(ROOM_ID, { tokenTtlSecs: 60 });
  expect(grant).toMatchObject({ token: "a token", tokenExpiresAt: new Date("2026-11-25T10:10:00Z") });
  expect(seen).toEqual([ROOM_ID, "Bearer KEY_test", { token_ttl_secs: 60 }]);
});

test("what msw refuses or breaks is an error of the package", async () => {
  const client = new RoomTokenClient({ apiKey: "KEY_test", maxRetries: 0 });
  telnyx.use(http.post(CREATE, () => HttpResponse.json({ errors: [] }, { status: 403 }), { once: true }));
  await expect(client.create(ROOM_ID)).rejects.toMatchObject({ code: "forbidden", status: 403 });
  telnyx.use(http.post(CREATE, () => HttpResponse.error()));
  await expect(client.create(ROOM_ID)).rejects.toMatchObject({ code: "connection_failed" });
});
