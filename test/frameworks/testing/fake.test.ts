import { type RoomTokenClient, RoomTokenError } from "telnyx-room-tokens";
import { expect, test, vi } from "vitest";

type RoomTokens = Pick<RoomTokenClient, "create">;

/** Your code takes the part of the client that it uses. */
async function invitation(roomTokens: RoomTokens, roomId: string): Promise<string> {
  const { token } = await roomTokens.create(roomId, { tokenTtlSecs: 600 });
  return `Your ticket: ${token}`;
}

test("the invitation has the token", async () => {
  const create = vi.fn<RoomTokens["create"]>().mockResolvedValue({
    token: "a-token",
    tokenExpiresAt: new Date("2030-01-01T00:10:00Z"),
    refreshToken: "a-refresh-token",
    refreshTokenExpiresAt: new Date("2030-01-01T01:00:00Z"),
  });
  expect(await invitation({ create }, "a-room")).toBe("Your ticket: a-token");
  expect(create).toHaveBeenCalledWith("a-room", { tokenTtlSecs: 600 });
});

test("there is no invitation to a room that is gone", async () => {
  const gone = new RoomTokenError("not_found", "There is no such room", { status: 404 });
  const create = vi.fn<RoomTokens["create"]>().mockRejectedValue(gone);
  await expect(invitation({ create }, "a-room")).rejects.toMatchObject({ code: "not_found" });
});
