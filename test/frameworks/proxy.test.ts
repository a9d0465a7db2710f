import { RoomTokenClient } from "telnyx-room-tokens";
import { type Dispatcher, EnvHttpProxyAgent, ProxyAgent, fetch as undiciFetch } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type SandboxServer, startServer } from "../../src/sandbox/server.ts";
import { type ConnectProxy, startProxy } from "../connect-proxy.ts";

const PASSWORD = "canary-password-0123456789";
const CREDENTIALS = `Basic ${Buffer.from(`user:${PASSWORD}`).toString("base64")}`;

let sandbox: SandboxServer;
let proxy: ConnectProxy;

beforeAll(async () => {
  sandbox = await startServer();
});

/** Opens a tunnel for those who know the password. */
beforeEach(async () => {
  proxy = await startProxy(({ headers }) => (headers["proxy-authorization"] === CREDENTIALS ? 200 : 407));
});

afterEach(() => proxy.close());
afterAll(() => sandbox.close());

const proxyUrl = (credentials: string) => proxy.origin.replace("//", `//${credentials}`);

function clientThrough(dispatcher: Dispatcher): RoomTokenClient {
  return new RoomTokenClient({
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
  expect(proxy.asked).toEqual([`200 ${new URL(sandbox.url).host}`]);
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
  expect(proxy.asked).toEqual([`407 ${new URL(sandbox.url).host}`]);
  expect(JSON.stringify(error) + error.stack + error.cause?.stack).not.toContain(PASSWORD);
  await agent.close();
});
