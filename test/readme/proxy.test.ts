import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { startServer } from "../../src/sandbox/server.ts";
import { startProxy } from "../connect-proxy.ts";
import { FOLDER, fileOf, withUse, writeSnippets } from "./snippets.ts";

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

test.each(withUse("proxy"))("%s goes through the proxy that the environment names", async (_, snippet) => {
  writeSnippets();
  const sandbox = await startServer();
  const proxy = await startProxy();
  const names = {
    HTTP_PROXY: proxy.origin,
    http_proxy: proxy.origin,
    HTTPS_PROXY: proxy.origin,
    NO_PROXY: "",
    no_proxy: "",
  };
  for (const [name, value] of Object.entries(names)) vi.stubEnv(name, value);
  vi.stubEnv("TELNYX_API_KEY", sandbox.apiKey);
  vi.stubEnv("TELNYX_BASE_URL", sandbox.url);
  const { roomTokens } = await import(pathToFileURL(fileOf(snippet)).href);
  const { token } = await roomTokens.create(sandbox.roomId);
  expect(sandbox.accepts(token)).toBe(true);
  expect(proxy.asked).toEqual([`200 ${new URL(sandbox.url).host}`]);
  await sandbox.close();
  proxy.close();
});
