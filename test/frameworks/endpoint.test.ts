import { startSandbox } from "telnyx-room-tokens/sandbox";
import { expect, test } from "vitest";
import { StandIn } from "../../../src/sandbox/stand-in.ts";
import { launchChromium } from "../../chromium.ts";
import { servePage } from "./server.ts";

/** Writes into the page what a response of the endpoint lets it read. */
const script = (endpoint: string) => `
const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
const response = await fetch(${JSON.stringify(endpoint)}, init);
const { status, headers } = response;
const names = ["Date", "Retry-After", "X-Request-Id"].filter((name) => headers.has(name));
document.body.innerHTML = "<i></i>";
document.querySelector("i").textContent = [status, ...names, ...Object.keys(await response.json())].join(" ");
`;

test("a page of another loopback origin gets its tokens from the sandbox's endpoint, and reads why it gets none", async () => {
  const sandbox = await startSandbox();
  const server = await servePage(script(sandbox.endpoint), new StandIn());
  const browser = await launchChromium();
  const page = await browser.newPage();
  const origin = server.url.replace("127.0.0.1", "localhost");
  const read = async () => {
    await page.goto(origin);
    return page.locator("i").textContent();
  };
  expect(await read()).toBe("201 Date token tokenExpiresAt refreshToken refreshTokenExpiresAt");
  sandbox.failNext({ status: 429, headers: { "Retry-After": "17" } });
  expect(await read()).toBe("429 Date Retry-After X-Request-Id title");
  await browser.close();
  server.close();
  await sandbox.close();
});
