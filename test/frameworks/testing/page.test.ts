import { RoomTokenSession } from "telnyx-room-tokens/session";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the page always holds a token that is valid", async () => {
  let created = 0;
  const session = new RoomTokenSession({
    create: async () => {
      created += 1;
      return { token: `token ${created}`, tokenExpiresAt: new Date(Date.now() + 600_000) };
    },
  });
  session.start();
  expect(await session.getToken()).toBe("token 1");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(await session.getToken()).toBe("token 2");
  session.close();
});
