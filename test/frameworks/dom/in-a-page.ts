import { RoomTokenClient } from "telnyx-room-tokens";
import { RoomTokenSession } from "telnyx-room-tokens/session";
import { expect, test } from "vitest";

const GRANT = {
  token: "token",
  tokenExpiresAt: new Date(Date.now() + 600_000),
  refreshToken: "refresh token",
  refreshTokenExpiresAt: new Date(Date.now() + 3_600_000),
};

/** What holds in an environment that stands for a page, called `name` in its User-Agent. */
export function testInPage(name: string): void {
  test("this is the environment that it is said to be", () => {
    expect(navigator.userAgent).toContain(name);
  });

  test("an API key is refused, and the message says where to test server code", () => {
    const apiKey = "KEY_canary_0123456789";
    let refusal: unknown;
    try {
      new RoomTokenClient({ apiKey });
    } catch (thrown) {
      refusal = thrown;
    }
    expect(refusal).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(/Node environment/i),
    });
    expect(String(refusal)).not.toContain(apiKey);
  });

  test("a session gets its token, and no event of the page makes it request another", async () => {
    let calls = 0;
    const session = new RoomTokenSession({ create: async () => ({ ...GRANT, token: `token ${++calls}` }) });
    session.start();
    expect(await session.getToken()).toBe("token 1");
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event("focus"));
    expect(session.getSnapshot().state).toBe("ready");
    expect(calls).toBe(1);
    session.close();
  });
}
