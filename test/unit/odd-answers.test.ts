import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { type Fetch, RoomTokenClient, RoomTokenError } from "../../src/index.ts";
import { listen } from "../loopback.ts";
import { API_KEY, clientOn, GRANT_DATA, granted, json, ROOM_ID, rejection } from "./support.ts";

const MIB = 2 ** 20;
const GRANT = JSON.stringify({ data: GRANT_DATA });
const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function clientAt(listener: RequestListener): Promise<RoomTokenClient> {
  const server = createServer(listener);
  servers.push(server);
  const baseUrl = await listen(server);
  return new RoomTokenClient({ apiKey: API_KEY, baseUrl, maxRetries: 0 });
}

/** How a server can say how long a body is. openapi-fetch parses one with a Content-Length in another way. */
const FRAMINGS: Record<string, (text: string) => Record<string, string>> = {
  "a Content-Length": (text) => ({ "content-length": String(Buffer.byteLength(text)) }),
  chunks: () => ({ "transfer-encoding": "chunked" }),
  "the end of the connection": () => ({ connection: "close" }),
};
const NO_GRANT = {
  code: "invalid_response",
  status: 201,
  message: expect.stringContaining("201 without a usable token: no JSON object with data"),
};
const BODIES: [name: string, status: number, text: string, outcome: object][] = [
  ["a grant", 201, GRANT, { token: GRANT_DATA.token }],
  ["a grant after a byte order mark", 201, `\ufeff${GRANT}`, { token: GRANT_DATA.token }],
  ["a grant of 1 MiB", 201, GRANT.padEnd(MIB), { token: GRANT_DATA.token }],
  ["a grant of 1 MiB and a byte", 201, GRANT.padEnd(MIB + 1), { code: "invalid_response", status: 201 }],
  ["half a grant", 201, GRANT.slice(0, 40), NO_GRANT],
  ["a grant without its last brackets", 201, GRANT.slice(0, -5), NO_GRANT],
  ["no JSON", 201, "<html>", { ...NO_GRANT, bodyText: "<html>" }],
  ["nothing", 201, "", { ...NO_GRANT, bodyText: "" }],
  ["null", 201, "null", NO_GRANT],
  ["a text", 201, '"text"', NO_GRANT],
  ["a number", 201, "5", NO_GRANT],
  ["a list", 201, "[]", NO_GRANT],
  ["an empty object", 201, "{}", NO_GRANT],
  ["a refusal in words", 403, '{"title":"No"}', { code: "forbidden", errors: [{ title: "No" }] }],
  ["a refusal after a byte order mark", 403, '\ufeff{"title":"No"}', { errors: [{ title: "No" }] }],
  ["a refusal in HTML", 502, "<html>", { code: "server_error", errors: [], bodyText: "<html>" }],
  ["a refusal without a word", 404, "", { code: "not_found", errors: [], bodyText: "" }],
];

test.each(Object.entries(FRAMINGS))("an answer framed by %s is read for what it is", async (_, framing) => {
  for (const [name, status, text, outcome] of BODIES) {
    const client = await clientAt((_, response) => {
      response.writeHead(status, { ...framing(text), "x-request-id": "id-1" }).end(text);
    });
    const ended = await client.create(ROOM_ID).catch((thrown: unknown) => thrown);
    expect(ended, name).toMatchObject(outcome);
    if (status !== 201) expect(ended, name).toMatchObject({ status, requestId: "id-1" });
  }
});

test.each([{}, { "content-length": "0" }, { "content-length": "7" }])(
  "a 204 with %j is an invalid_response, not a TypeError",
  async (headers) => {
    const { client } = clientOn(() => new Response(null, { status: 204, headers }));
    const error = (await rejection(client.create(ROOM_ID))) as RoomTokenError;
    expect(error).toMatchObject({ code: "invalid_response", status: 204, bodyText: "" });
  },
);

test("a Content-Length of 0 hides neither the code nor the text of what came all the same", async () => {
  const headers = { "content-length": "0" };
  const refused = await rejection(clientOn(() => json(429, { title: "No" }, headers)).client.create(ROOM_ID));
  expect(refused).toMatchObject({ code: "rate_limited", bodyText: '{"title":"No"}' });
  const unusable = await rejection(clientOn(() => json(201, {}, headers)).client.create(ROOM_ID));
  expect(unusable).toMatchObject({ code: "invalid_response", status: 201 });
});

test.each([
  [201, { code: "connection_failed", retryable: true }],
  [403, { code: "forbidden", requestId: "id-1", bodyText: "", errors: [] }],
  [503, { code: "server_error", requestId: "id-1", bodyText: "", errors: [] }],
])("a %i whose connection breaks in the body is %j", async (status, expected) => {
  const client = await clientAt((_, response) => {
    response.writeHead(status, { "content-length": "1000", "x-request-id": "id-1" });
    response.write(`{"title":"${API_KEY.slice(0, 10)}`, () => setTimeout(() => response.destroy(), 10));
  });
  expect(await rejection(client.create(ROOM_ID))).toMatchObject(expected);
});

/** What a stub, or a wrapper with a fault, may give in the place of a response. */
test.each([{ status: 201 }, { status: 201, headers: {}, text: () => undefined }])(
  "a fetch that answers %j gives an error of this package, not a TypeError",
  async (nothing) => {
    const fetch = (() => nothing) as unknown as Fetch;
    const client = new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 0 });
    expect(await rejection(client.create(ROOM_ID))).toBeInstanceOf(RoomTokenError);
    expect(await rejection(client.create(ROOM_ID))).toMatchObject({ operation: "create" });
  },
);

test.each([5, 0, true, {}, ["a"], Symbol("id"), () => "id"])(
  "a header whose value is no text (%s) counts as absent, with and without onAttempt",
  async (value) => {
    const answer = (status: number, body: object) =>
      ({
        status,
        headers: { get: () => value },
        text: async () => JSON.stringify(body),
      }) as unknown as Response;
    const onAttempt = vi.fn();
    for (const options of [{}, { onAttempt }]) {
      const good = clientOn(() => answer(201, { data: GRANT_DATA }), options).client;
      expect((await good.create(ROOM_ID)).token).toBe(GRANT_DATA.token);
      const bad = await rejection(
        clientOn(() => answer(429, { title: "No" }), options).client.create(ROOM_ID),
      );
      expect(bad).toMatchObject({ code: "rate_limited", errors: [{ title: "No" }] });
      expect(bad).not.toHaveProperty("requestId");
      expect(bad).not.toHaveProperty("retryAfterMs");
    }
    expect(onAttempt).toHaveBeenCalledTimes(2);
  },
);

test("names that reach a prototype stay plain names, in bodies and in headers", async () => {
  const polluting = `{"__proto__":{"token":"x","polluted":1},"constructor":{"prototype":{"polluted":1}}`;
  for (const text of [
    `${polluting}}`,
    `{"data":${polluting}}}`,
    `{"errors":[${polluting}}]}`,
    `{"data":{"__proto__":${GRANT.slice(8, -1)}}}`,
  ]) {
    for (const status of [201, 403]) {
      const { client } = clientOn(() => new Response(text, { status }));
      expect(await rejection(client.create(ROOM_ID))).toMatchObject({ status, errors: [] });
    }
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();

  const headers = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
  const { client, seen } = clientOn(granted, { headers });
  await client.create(ROOM_ID, {}, { headers: JSON.parse('{"__PROTO__":"d"}') });
  expect(Object.entries(seen[0]?.headers ?? {})).toEqual(
    expect.arrayContaining([
      ["__proto__", "d"],
      ["constructor", "b"],
      ["tostring", "c"],
    ]),
  );
});

test("what a fetch does to its init does not reach the next attempt or the next call", async () => {
  const seen: Record<string, string>[] = [];
  const fetch: Fetch = async (_, init) => {
    seen.push({ ...init.headers });
    for (const name of Object.keys(init.headers)) delete init.headers[name];
    init.headers["x-left"] = "1";
    return json(503, {}, { "retry-after": "0" });
  };
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 1 });
  await rejection(client.create(ROOM_ID));
  await rejection(client.create(ROOM_ID));
  expect(seen).toHaveLength(4);
  for (const headers of seen) expect(headers).toEqual(seen[0]);
  expect(seen[0]).toHaveProperty("authorization", `Bearer ${API_KEY}`);
});
