import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

test("node --test runs a test that starts the sandbox, and ends", async () => {
  const args = ["--test", "--test-reporter=tap", "node-test.js"];
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname });
  const output = await text(child.stdout);
  expect(output).toMatch(/^# pass 1$/m);
  expect(output).toMatch(/^# fail 0$/m);
});
