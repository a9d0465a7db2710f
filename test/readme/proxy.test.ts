import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { startSandbox } from "../sandbox/index.ts";
import { FOLDER, fileOf, withUse, writeSnippets } from "./snippets.ts";

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

test.each(withUse("proxy"))("%s goes through the proxy that the environment names", async (_, snippet) => {
  writeSnippets();
  const sandbox = await startSandbox();
  const tunnels: string[] = [];
  const proxy = createServer().on("connect", ({ url = "" }, socket) => {
    tunnels.push(url);
    const upstream = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream])
      end.on("error", () => end.destroy()).on("close", () => upstream.destroy());
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const names = {
    HTTP_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    NO_PROXY: "",
    no_proxy: "",
  };
  for (const [name, value] of Object.entries(names)) vi.stubEnv(name, value);
  vi.stubEnv("TELNYX_API_KEY", sandbox.apiKey);
  vi.stubEnv("TELNYX_BASE_URL", sandbox.url);
  const { roomTokens } = await import(pathToFileURL(fileOf(snippet)).href);
  const { token } = await roomTokens.create(sandbox.roomId);
  expect(sandbox.accepts(token)).toBe(true);
  expect(tunnels).toEqual([new URL(sandbox.url).host]);
  await sandbox.close();
  proxy.closeAllConnections();
  proxy.close();
});
