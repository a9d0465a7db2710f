import { spawn } from "node:child_process";
import { once } from "node:events";
import { startSandbox } from "telnyx-room-tokens/sandbox";
import { afterAll, expect, test } from "vitest";

const sandbox = await startSandbox();
const env = { ...process.env, TELNYX_BASE_URL: sandbox.url, TELNYX_API_KEY: sandbox.apiKey };
const app = spawn("node", ["app.js"], {
  cwd: import.meta.dirname,
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(app.stdout, "data");
const url = String(line).trim(); // the app prints its address

afterAll(async () => {
  app.kill();
  await sandbox.close();
});

test("a page that sends too many requests learns when to try again", async () => {
  sandbox.failNext({ status: 429, headers: { "Retry-After": "17" } });
  const response = await fetch(`${url}/rooms/${sandbox.roomId}/token`, { method: "POST" });
  expect(response.status).toBe(429);
  expect(response.headers.get("Retry-After")).toBe("17");
});
