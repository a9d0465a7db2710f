/** The snippets about connections: what their requests go through. */
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { startServer } from "../../src/sandbox/server.ts";
import { startProxy } from "../connect-proxy.ts";
import { listen } from "../loopback.ts";
import { GRANT_DATA, ROOM_ID } from "../unit/support.ts";
import { FOLDER, fileOf, type Snippet, withUse, writeSnippets } from "./snippets.ts";

beforeAll(() => void writeSnippets());
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
afterEach(() => void vi.unstubAllEnvs());

/** The client of a snippet, in an environment that names this API. */
async function clientOf(snippet: Snippet, apiKey: string, url: string): Promise<RoomTokenClient> {
  vi.stubEnv("TELNYX_API_KEY", apiKey);
  vi.stubEnv("TELNYX_BASE_URL", url);
  return (await import(pathToFileURL(fileOf(snippet)).href)).roomTokens;
}

test.each(withUse("proxy"))("%s goes through the proxy that the environment names", async (_, snippet) => {
  const sandbox = await startServer();
  const proxy = await startProxy();
  for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY"]) vi.stubEnv(name, proxy.origin);
  for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, "");
  const roomTokens = await clientOf(snippet, sandbox.apiKey, sandbox.url);
  const { token } = await roomTokens.create(sandbox.roomId);
  expect(sandbox.accepts(token)).toBe(true);
  expect(proxy.asked).toEqual([`200 ${new URL(sandbox.url).host}`]);
  await sandbox.close();
  proxy.close();
});

test.each(withUse("pool"))(
  "%s answers every call over as many connections as it says, and no more",
  async (_, snippet) => {
    let connections = 0;
    const api = createServer((_request, response) => {
      setTimeout(() => response.writeHead(201).end(JSON.stringify({ data: GRANT_DATA })), 20);
    }).on("connection", () => connections++);
    const connectionsFor = async (roomTokens: RoomTokenClient) => {
      connections = 0;
      await Promise.all(Array.from({ length: 100 }, () => roomTokens.create(ROOM_ID)));
      return connections;
    };
    const pooled = await clientOf(snippet, "KEY-CANARY", await listen(api));
    const size = Number(/connections: (\d+)/.exec(snippet.code)?.[1]);
    expect(await connectionsFor(pooled)).toBe(size);
    expect(await connectionsFor(new RoomTokenClient())).toBeGreaterThan(size);
    api.closeAllConnections();
    api.close();
  },
);
