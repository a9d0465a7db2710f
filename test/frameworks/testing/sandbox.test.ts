import { RoomTokenClient } from "telnyx-room-tokens";
import { type Sandbox, startSandbox } from "telnyx-room-tokens/sandbox";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
  // A client that your code makes from now on, without options, calls the sandbox.
  vi.stubEnv("TELNYX_BASE_URL", sandbox.url);
  vi.stubEnv("TELNYX_API_KEY", sandbox.apiKey);
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

test("one failure of Telnyx goes unnoticed", async () => {
  sandbox.failNext({ status: 503 });
  await new RoomTokenClient().create(sandbox.roomId);
  expect(sandbox.requests.map(({ status }) => status)).toEqual([503, 201]);
});

test("an hour later the refresh token has expired", async () => {
  const roomTokens = new RoomTokenClient();
  const grant = await roomTokens.create(sandbox.roomId, { refreshTokenTtlSecs: 3600 });
  sandbox.advance(3_600_000);
  await expect(roomTokens.refresh(sandbox.roomId, grant)).rejects.toMatchObject({ code: "forbidden" });
});
