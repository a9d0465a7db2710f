import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createSocketServer } from "node:net";
import { type Agent, ProxyAgent, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fetch, RoomsClientTokens, type RoomTokenError } from "../../src/index.ts";
import { API_KEY, GRANT_DATA, ROOM_ID, rejection } from "./support.ts";

const servers: { close(): void }[] = [];
let apiUrl = "";

function listen(server: Server | ReturnType<typeof createSocketServer>): Promise<number> {
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
}

beforeAll(async () => {
  const api = createServer((_, response) => {
    response.writeHead(201, { connection: "close" }).end(JSON.stringify({ data: GRANT_DATA }));
  });
  apiUrl = `http://127.0.0.1:${await listen(api)}`;
});
afterAll(() => {
  for (const server of servers) server.close();
});

/** A proxy that answers CONNECT with a status; 200 opens the tunnel. */
async function proxyThatAnswers(status: number): Promise<string> {
  const proxy = createServer();
  proxy.on("connect", (request, socket) => {
    socket.on("error", () => {});
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const tunnel = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    tunnel.on("error", () => socket.destroy());
  });
  return `http://127.0.0.1:${await listen(proxy)}`;
}

function clientThrough(dispatcher: Agent | ProxyAgent, fetch: unknown = undiciFetch): RoomsClientTokens {
  const send = fetch as (url: string, init: object) => ReturnType<Fetch>;
  return new RoomsClientTokens({
    apiKey: API_KEY,
    baseUrl: apiUrl,
    maxRetries: 0,
    fetch: (url, init) => send(url, { ...init, dispatcher }),
  });
}

test("a call goes through a proxy", async () => {
  const dispatcher = new ProxyAgent({ uri: await proxyThatAnswers(200), proxyTunnel: true });
  expect((await clientThrough(dispatcher).create(ROOM_ID)).token).toBe(GRANT_DATA.token);
  await dispatcher.close();
});

test.each([403, 407, 502])("a proxy that answers CONNECT with %i is named in the message", async (status) => {
  const dispatcher = new ProxyAgent({ uri: await proxyThatAnswers(status), proxyTunnel: true });
  const error = (await rejection(clientThrough(dispatcher).create(ROOM_ID))) as RoomTokenError;
  expect(error.code).toBe("connection_failed");
  expect(error.message).toContain(`Proxy response (${status})`);
  await dispatcher.close();
});

test("a port where nobody listens is named with its address", async () => {
  const closed = createSocketServer();
  const port = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  const client = new RoomsClientTokens({
    apiKey: API_KEY,
    baseUrl: `http://127.0.0.1:${port}`,
    maxRetries: 0,
  });
  const error = (await rejection(client.create(ROOM_ID))) as RoomTokenError;
  expect(error.message).toBe(
    `Creating a room client token failed: the connection failed (ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:${port})`,
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
  const client = new RoomsClientTokens({
    apiKey: API_KEY,
    maxRetries: 0,
    fetch: () => Promise.reject(new TypeError("fetch failed", { cause })),
  });
  const error = (await rejection(client.create(ROOM_ID))) as RoomTokenError;
  expect(error.message).toContain(
    "(ECONNREFUSED: connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1)",
  );
});
