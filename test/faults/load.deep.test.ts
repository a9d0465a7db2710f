import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { startServer } from "../../src/sandbox/server.ts";

/** Long enough for a busy machine: no speed is asserted. */
const LONG = { timeout: 300_000 };

test(
  "200,000 calls leave less than 1 MB behind, with one long-lived signal for all of them",
  LONG,
  async () => {
    const script = fileURLToPath(new URL("./many-calls.ts", import.meta.url));
    const args = ["--expose-gc", "--import", "tsx", script, "200000"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const seen = JSON.parse(stdout) as Record<string, number>;
    expect(seen["calls"]).toBe(200_000);
    expect(seen["listenersLeft"]).toBe(0);
    expect(seen["mostListeners"]).toBe(1);
    expect(seen["timersLeft"]).toBe(0);
    expect(seen["grownBytes"]).toBeLessThan(1_000_000);
  },
);

test("2,000 concurrent calls are all answered, each with tokens of its own", LONG, async () => {
  const sandbox = await startServer();
  const client = new RoomTokenClient({
    apiKey: sandbox.apiKey,
    baseUrl: sandbox.url,
    timeoutMs: 300_000,
  });
  const { roomId } = sandbox;
  const first = await client.create(roomId);
  const answers = await Promise.all(
    Array.from({ length: 2000 }, (_, index) =>
      index % 2 === 0 ? client.create(roomId) : client.refresh(roomId, { refreshToken: first.refreshToken }),
    ),
  );
  await sandbox.close();
  expect(new Set(answers.map(({ token }) => token)).size).toBe(2000);
});
