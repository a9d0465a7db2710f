import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { RoomTokenClient } from "telnyx-room-tokens";
import { startSandbox } from "telnyx-room-tokens/sandbox";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
after(() => sandbox.close());

test("an outage of Telnyx becomes connection_failed", async () => {
  sandbox.set({ dropConnections: true });
  const roomTokens = new RoomTokenClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, maxRetries: 0 });
  await assert.rejects(roomTokens.create(sandbox.roomId), { code: "connection_failed" });
});
