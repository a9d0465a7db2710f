import { RoomTokenClient } from "telnyx-room-tokens";
import { startSandbox } from "telnyx-room-tokens/sandbox";

let sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
  process.env.TELNYX_BASE_URL = sandbox.url;
  process.env.TELNYX_API_KEY = sandbox.apiKey;
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

test("a revoked refresh token becomes forbidden", async () => {
  const roomTokens = new RoomTokenClient();
  const grant = await roomTokens.create(sandbox.roomId);
  sandbox.revokeRefreshTokens();
  await expect(roomTokens.refresh(sandbox.roomId, grant)).rejects.toMatchObject({ code: "forbidden" });
});
