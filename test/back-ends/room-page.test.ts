import { createServer } from "node:http";
import { RoomTokenClient } from "telnyx-room-tokens";
import { vi } from "vitest";
import { roomTokenRoute } from "../../examples/room-page/back-end.ts";
import { listen } from "../loopback.ts";
import { describeRequestBody, type Start } from "./cases.ts";

/** The route of the example page, in this process. */
const start: Start = async ({ TELNYX_API_KEY, TELNYX_BASE_URL }) => {
  let output = "";
  const log = vi.spyOn(console, "error").mockImplementation((line: unknown) => {
    output += `${line}\n`;
  });
  const roomTokens = new RoomTokenClient({ apiKey: TELNYX_API_KEY, baseUrl: TELNYX_BASE_URL });
  const server = createServer(roomTokenRoute(roomTokens, 600));
  const url = await listen(server);
  const stop = async () => {
    log.mockRestore();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, output: () => output, stop };
};

describeRequestBody("The example page's back end", start);
