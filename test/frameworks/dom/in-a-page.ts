import { RoomTokenClient } from "telnyx-room-tokens";
import { startSandbox } from "telnyx-room-tokens/sandbox";
import { RoomTokenSession } from "telnyx-room-tokens/session";
import { expect, test } from "vitest";

/** What holds in an environment that stands for a page, called `name` in its User-Agent. */
export function testInPage(name: string): void {
  test("this is the environment that it is said to be", () => {
    expect(navigator.userAgent).toContain(name);
  });

  test("an API key is refused, and the message says where to test server code", async () => {
    const apiKey = "KEY_canary_0123456789";
    const refused = async () => new RoomTokenClient({ apiKey });
    const message = expect.stringMatching(/^(?!.*canary).*Node environment/i);
    await expect(refused).rejects.toMatchObject({ code: "invalid_argument", message });
  });

  test("a session gets its token from the sandbox, and no event of the page makes it request another", async () => {
    const sandbox = await startSandbox();
    const session = new RoomTokenSession({ endpoint: sandbox.endpoint });
    session.start();
    expect(await session.getToken()).toMatch(/^eyJ/);
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event("focus"));
    expect(session.getSnapshot().state).toBe("ready");
    session.close();
    expect(sandbox.requests).toHaveLength(1);
    await sandbox.close();
  });
}
