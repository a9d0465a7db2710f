import { RoomTokenSession } from "telnyx-room-tokens/session";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { control, newClient, reset, roomId, seen } from "./support.ts";

let session: RoomTokenSession;

/** A session on the stand-in for Telnyx, whose back end creates tokens of the shortest life. */
beforeEach(async () => {
  await reset();
  const lifetime = { tokenTtlSecs: 10 };
  session = new RoomTokenSession({
    create: () => newClient().create(roomId, lifetime),
    refresh: ({ refreshToken, signal }) =>
      newClient().refresh(roomId, { refreshToken, ...lifetime }, { signal, maxRetries: 0 }),
  });
});
afterEach(() => session.close());

const actions = async () => (await seen()).map(({ path }) => path.split("/").at(-1));

test("a token is renewed in the background before it ends", async () => {
  const first = await session.getToken();
  session.start();
  expect(session.getSnapshot().state).toBe("ready");
  await vi.waitFor(() => expect(session.grant?.token).not.toBe(first), { timeout: 30_000, interval: 100 });
  expect(await control("/accepts", { token: await session.getToken() })).toEqual({ accepted: true });
  const [, renewal] = await actions();
  expect(renewal).toBe("refresh_client_token");
});

test("a revoked refresh token is given up for a create", async () => {
  await session.getToken();
  await control("/revoke-refresh-tokens");
  const token = await session.getToken({ forceRefresh: true });
  expect(await control("/accepts", { token })).toEqual({ accepted: true });
  const create = "generate_join_client_token";
  expect(await actions()).toEqual([create, "refresh_client_token", create]);
});
