import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { RoomsClientTokens } from "telnyx-room-tokens";
import { type Dispatcher, EnvHttpProxyAgent, ProxyAgent, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type SandboxServer, startSandbox } from "../sandbox/index.ts";

const PASSWORD = "canary-password-0123456789";
const CREDENTIALS = `Basic ${Buffer.from(`user:${PASSWORD}`).toString("base64")}`;

let sandbox: SandboxServer;
let proxy: Server;
/** The hosts that a tunnel was asked for, with the proxy's answer. */
let asked: string[] = [];
const sockets = new Set<Socket>();

/** Opens a tunnel for those who know the password. */
function tunnel(request: IncomingMessage, socket: Socket): void {
  const allowed = request.headers["proxy-authorization"] === CREDENTIALS;
  asked.push(`${allowed ? 200 : 407} ${request.url}`);
  if (!allowed) {
    socket.end(
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n',
    );
    return;
  }
  const { hostname, port } = new URL(`http://${request.url}`);
  const upstream = connect(Number(port), hostname, () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    upstream.pipe(socket).pipe(upstream);
  });
  for (const end of [socket, upstream]) sockets.add(end.on("error", () => end.destroy()));
}

beforeAll(async () => {
  sandbox = await startSandbox();
  proxy = createServer().on("connect", tunnel);
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});

beforeEach(() => {
  asked = [];
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  proxy.close();
  await sandbox.close();
});

const proxyUrl = (credentials: string) =>
  `http://${credentials}127.0.0.1:${(proxy.address() as AddressInfo).port}`;

function clientThrough(dispatcher: Dispatcher): RoomsClientTokens {
  return new RoomsClientTokens({
    apiKey: sandbox.apiKey,
    baseUrl: sandbox.url,
    maxRetries: 0,
    fetch: (url, init) => undiciFetch(url, { ...init, dispatcher }),
  });
}

/** Telnyx's https is always tunnelled; the sandbox's http has to be told. */
const AGENTS: Record<string, (uri: string) => Dispatcher> = {
  ProxyAgent: (uri) => new ProxyAgent({ uri, proxyTunnel: true }),
  EnvHttpProxyAgent: (httpProxy) => new EnvHttpProxyAgent({ httpProxy, noProxy: "", proxyTunnel: true }),
};

test.each(Object.keys(AGENTS))("undici's %s brings a create through a proxy", async (name) => {
  const agent = AGENTS[name]?.(proxyUrl(`user:${PASSWORD}@`)) as Dispatcher;
  const { token } = await clientThrough(agent).create(sandbox.roomId);
  expect(sandbox.accepts(token)).toBe(true);
  expect(asked).toEqual([`200 ${new URL(sandbox.url).host}`]);
  await agent.close();
});

test("a proxy that wants a password is named in the error, and the password given is not", async () => {
  const agent = new ProxyAgent({ uri: proxyUrl(`guest:${PASSWORD}@`), proxyTunnel: true });
  const error = await clientThrough(agent)
    .create(sandbox.roomId)
    .catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: "connection_failed",
    retryable: true,
    message: expect.stringContaining("Proxy response (407)"),
  });
  expect(asked).toEqual([`407 ${new URL(sandbox.url).host}`]);
  expect(JSON.stringify(error) + error.stack + error.cause?.stack).not.toContain(PASSWORD);
  await agent.close();
});
