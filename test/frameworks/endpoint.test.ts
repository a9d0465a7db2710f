import { createServer } from "node:http";
import { startSandbox } from "telnyx-room-tokens/sandbox";
import { expect, test } from "vitest";
import { launchChromium } from "../chromium.ts";
import { listen } from "../loopback.ts";

/** Runs in the page: what a response of the endpoint lets it read. */
async function requestToken(endpoint: string): Promise<string> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(endpoint, { method: "POST", headers, body: "{}" });
  const names = ["Date", "Retry-After", "X-Request-Id"].filter((name) => response.headers.has(name));
  return [response.status, ...names, ...Object.keys(await response.json())].join(" ");
}

test("a page of another loopback origin gets its tokens from the sandbox's endpoint, and reads why it gets none", async () => {
  const sandbox = await startSandbox();
  const server = createServer((_, response) => void response.end());
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto((await listen(server)).replace("127.0.0.1", "localhost"));
  const read = () => page.evaluate(requestToken, sandbox.endpoint);
  expect(await read()).toBe("201 Date token tokenExpiresAt refreshToken refreshTokenExpiresAt");
  sandbox.failNext({ status: 429, headers: { "Retry-After": "17" } });
  expect(await read()).toBe("429 Date Retry-After X-Request-Id title");
  await browser.close();
  server.close();
  await sandbox.close();
});
