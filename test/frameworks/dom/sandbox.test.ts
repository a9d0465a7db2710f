import { startSandbox } from "telnyx-room-tokens/sandbox";
import { expect, test } from "vitest";

test("in jsdom, which looks like a page, the sandbox plays the page's back end all the same", async () => {
  expect(navigator.userAgent).toContain("Mozilla/5.0");
  const sandbox = await startSandbox();
  expect((await fetch(sandbox.endpoint, { method: "POST", body: "{}" })).status).toBe(201);
  await sandbox.close();
});
