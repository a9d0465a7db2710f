import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { startServer } from "../../../src/sandbox/server.ts";

const JEST = createRequire(import.meta.url).resolve("jest/bin/jest");

test.each([
  ["compiled to CommonJS by babel-jest", "babel-jest.json", []],
  ["compiled to CommonJS by @swc/jest", "swc-jest.json", []],
  ["as they are, as ES modules", "vm-modules.json", ["--experimental-vm-modules", "--no-warnings"]],
])("Jest runs tests that import every entry %s", async (_how, config, flags) => {
  const sandbox = await startServer();
  const { url, apiKey, roomId } = sandbox;
  const env = { ...process.env, TELNYX_BASE_URL: url, TELNYX_API_KEY: apiKey, ROOM_ID: roomId };
  const args = [...flags, JEST, "--config", config, "--json", "--no-cache", "--testTimeout=60000"];
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, env });
  const [output, words] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await sandbox.close();
  expect(output, words).toMatch(/^{/);
  expect(JSON.parse(output), words).toMatchObject({ numPassedTests: 3, numTotalTests: 3 });
});
