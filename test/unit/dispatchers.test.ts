import { createServer } from "node:http";
import { type Agent, ProxyAgent, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fetch, RoomTokenClient, type RoomTokenError } from "../../src/index.ts";
import { type ConnectProxy, startProxy } from "../connect-proxy.ts";
import { listen } from "../loopback.ts";
import { API_KEY, GRANT_DATA, ROOM_ID, rejection } from "./support.ts";

const proxies: ConnectProxy[] = [];
const api = createServer((_, response) => {
  response.writeHead(201, { connection: "close" }).end(JSON.stringify({ data: GRANT_DATA }));
});
let apiUrl = "";

beforeAll(async () => {
  apiUrl = await listen(api);
});
afterAll(() => {
  for (const proxy of proxies) proxy.close();
  api.close();
});

/** A dispatcher through a proxy that answers CONNECT with this status. */
async function proxyThatAnswers(status: number): Promise<ProxyAgent> {
  const proxy = await startProxy(() => status);
  proxies.push(proxy);
  return new ProxyAgent({ uri: proxy.origin, proxyTunnel: true });
}

function clientThrough(dispatcher: Agent | ProxyAgent, fetch: unknown = undiciFetch): RoomTokenClient {
  const send = fetch as (url: string, init: object) => ReturnType<Fetch>;
  return new RoomTokenClient({
    apiKey: API_KEY,
    baseUrl: apiUrl,
    maxRetries: 0,
    fetch: (url, init) => send(url, { ...init, dispatcher }),
  });
}

test("a call goes through a proxy", async () => {
  const dispatcher = await proxyThatAnswers(200);
  expect((await clientThrough(dispatcher).create(ROOM_ID)).token).toBe(GRANT_DATA.token);
  await dispatcher.close();
});

test.each([403, 407, 502])("a proxy that answers CONNECT with %i is named in the message", async (status) => {
  const dispatcher = await proxyThatAnswers(status);
  const error = (await rejection(clientThrough(dispatcher).create(ROOM_ID))) as RoomTokenError;
  expect(error.code).toBe("connection_failed");
  expect(error.message).toContain(`Proxy response (${status})`);
  await dispatcher.close();
});

test("a port where nobody listens is named with its address", async () => {
  const closed = createServer();
  const baseUrl = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  const client = new RoomTokenClient({ apiKey: API_KEY, baseUrl, maxRetries: 0 });
  const error = (await rejection(client.create(ROOM_ID))) as RoomTokenError;
  expect(error.message).toBe(
    `Creating a room client token failed: the connection failed (ECONNREFUSED: connect ECONNREFUSED ${new URL(baseUrl).host})`,
  );
});

test("a dispatcher that does not fit the fetch it is given to is named in its own words", async () => {
  const misfit = {
    dispatch() {
      throw Object.assign(new Error("invalid onRequestStart method"), { code: "UND_ERR_INVALID_ARG" });
    },
  } as unknown as Agent;
  const error = (await rejection(clientThrough(misfit, globalThis.fetch).create(ROOM_ID))) as RoomTokenError;
  expect(error.message).toContain("(UND_ERR_INVALID_ARG: invalid onRequestStart method)");
});

test("each part of an AggregateError is quoted: one for every address that was tried", async () => {
  const parts = ["::1", "127.0.0.1"].map((host) => new Error(`connect ECONNREFUSED ${host}:1`));
  const cause = Object.assign(new AggregateError(parts), { code: "ECONNREFUSED" });
  const client = new RoomTokenClient({
    apiKey: API_KEY,
    maxRetries: 0,
    fetch: () => Promise.reject(new TypeError("fetch failed", { cause })),
  });
  const error = (await rejection(client.create(ROOM_ID))) as RoomTokenError;
  expect(error.message).toContain(
    "(ECONNREFUSED: connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1)",
  );
});
