import { RoomTokenClient } from "telnyx-room-tokens";
import { ProxyAgent, fetch as undiciFetch } from "undici";
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

/** Creates a token through the proxy, as a user of it. */
async function createAs(user: string): Promise<string> {
  const uri = proxy.origin.replace("//", `//${user}:${PASSWORD}@`);
  // Telnyx's https is always tunnelled; the sandbox's http has to be told.
  const dispatcher = new ProxyAgent({ uri, proxyTunnel: true });
  const { apiKey, url: baseUrl, roomId } = sandbox;
  const fetch = (url: string, init: object) => undiciFetch(url, { ...init, dispatcher });
  const client = new RoomTokenClient({ apiKey, baseUrl, maxRetries: 0, fetch });
  return (await client.create(roomId).finally(() => dispatcher.close())).token;
}

test("undici's ProxyAgent brings a create through a proxy that wants a password", async () => {
  expect(sandbox.accepts(await createAs("user"))).toBe(true);
  expect(proxy.asked).toEqual([`200 ${new URL(sandbox.url).host}`]);
});

test("a proxy that wants another password is named in the error, and the password given is not", async () => {
  const error = await createAs("guest").catch((thrown) => thrown);
  const message = expect.stringContaining("Proxy response (407)");
  expect(error).toMatchObject({ code: "connection_failed", retryable: true, message });
  expect(proxy.asked).toEqual([`407 ${new URL(sandbox.url).host}`]);
  expect(JSON.stringify(error) + error.stack + error.cause?.stack).not.toContain(PASSWORD);
});
