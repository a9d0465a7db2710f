/** What the message of a failed connection says: enough to find the cause. */
import { createServer } from "node:http";
import { ProxyAgent, fetch as undiciFetch } from "undici";
import { expect, test } from "vitest";
import { type ClientOptions, type Fetch, RoomTokenClient } from "../../src/index.ts";
import { startProxy } from "../connect-proxy.ts";
import { listen } from "../loopback.ts";
import { API_KEY, ROOM_ID, rejection } from "./support.ts";

/** The words in brackets at the end of the message. */
async function causeNamed(options: ClientOptions): Promise<string | undefined> {
  const client = new RoomTokenClient({ apiKey: API_KEY, maxRetries: 0, ...options });
  const error = await rejection(client.create(ROOM_ID));
  expect(error).toMatchObject({ code: "connection_failed", retryable: true });
  const message = /^Creating a room client token failed: the connection failed \((.*)\)$/;
  return message.exec((error as Error).message)?.[1];
}

test.each([403, 407, 502])("a proxy that answers CONNECT with %i is named", async (status) => {
  const proxy = await startProxy(() => status);
  const dispatcher = new ProxyAgent({ uri: proxy.origin, proxyTunnel: true });
  const send = undiciFetch as unknown as (url: string, init: object) => ReturnType<Fetch>;
  const fetch: Fetch = (url, init) => send(url, { ...init, dispatcher });
  expect(await causeNamed({ fetch, baseUrl: "https://api.example" })).toContain(`Proxy response (${status})`);
  await dispatcher.close();
  proxy.close();
});

test("a port where nobody listens is named with its address", async () => {
  const closed = createServer();
  const baseUrl = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  const { host } = new URL(baseUrl);
  expect(await causeNamed({ baseUrl })).toBe(`ECONNREFUSED: connect ECONNREFUSED ${host}`);
});

test("a dispatcher that does not fit the fetch it is given to is named in its own words", async () => {
  const dispatcher = {
    dispatch: () => {
      throw Object.assign(new Error("invalid onRequestStart method"), { code: "UND_ERR_INVALID_ARG" });
    },
  };
  const fetch = (url: string, init: RequestInit) =>
    globalThis.fetch(url, { ...init, dispatcher } as RequestInit);
  expect(await causeNamed({ fetch })).toBe("UND_ERR_INVALID_ARG: invalid onRequestStart method");
});

const parts = ["::1", "127.0.0.1"].map((host) => new Error(`connect ECONNREFUSED ${host}:1`));
const refused = Object.assign(new AggregateError(parts), { code: "ECONNREFUSED" });

test.each([
  [new TypeError("no route"), "no route"],
  [new RangeError(), "RangeError"],
  [
    new TypeError("fetch failed", { cause: refused }), // one part for every address that was tried
    "ECONNREFUSED: connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1",
  ],
])("of the thrown %s the message says: %s", async (thrown, named) => {
  expect(await causeNamed({ fetch: () => Promise.reject(thrown) })).toBe(named);
});

test.each([undefined, null, 5, "text", {}])(
  "of a fetch that answers %j the message says that it returned no response",
  async (nothing) => {
    const fetch = (async () => nothing) as unknown as Fetch;
    expect(await causeNamed({ fetch })).toBe("fetch returned no response");
  },
);
