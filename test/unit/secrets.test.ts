import { expect, test, vi } from "vitest";
import * as everything from "../../src/index.ts";
import {
  type AttemptEvent,
  type ClientOptions,
  createTokenResponse,
  type Fetch,
  RoomTokenClient,
} from "../../src/index.ts";
import { API_KEY, findCanaries, JWT, OPAQUE_TOKEN, REFRESH_TOKEN } from "../faults/canaries.ts";
import { clientOn, errorOf, granted, json, ROOM_ID, rejection } from "./support.ts";

// With characters that URLs and JSON escape.
const KEY = 'CANARY"key/+=1';
const REFRESH = "CANARY refresh/+=\\2";

/** Each call, and the secrets that it knows. */
const CALLS: [name: string, secrets: string[], options: ClientOptions, refreshToken?: string][] = [
  ["create with the client's key", [KEY], { apiKey: KEY }],
  ["create with the key of a function", [KEY], { apiKey: async () => KEY }],
  ["refresh of a client with a key", [KEY, REFRESH], { apiKey: KEY }, REFRESH],
  ["refresh of a client without a key", [REFRESH], { apiKey: null }, REFRESH],
];

/** An error as a fetch of somebody's own, or a tracer around it, may throw it, request and all. */
function loadedError(echo: string): Error {
  const request = { headers: { authorization: `Bearer ${echo}` }, body: echo };
  const inner = Object.assign(new Error(`inner ${echo}`), { request, code: `E ${echo}`, stack: echo });
  const parts = new AggregateError([inner, new Error(`part ${echo}`)], `all ${echo}`, { cause: inner });
  const members = { request, name: `N ${echo}`, [Symbol("init")]: request };
  return Object.assign(new TypeError(`failed ${echo}`, { cause: parts }), members);
}

/** An error of Telnyx's that repeats a text wherever it can. */
function words(status: number, echo: string): Response {
  const detail = { title: echo, detail: `d ${echo}`, code: echo, source: { pointer: `/${echo}` }, x: [echo] };
  return json(status, { errors: [detail, { message: echo }] }, { "x-request-id": echo });
}
const cutBody = (status: number, echo: string) => ({
  status,
  headers: new Headers(),
  text: () => Promise.reject(loadedError(echo)),
});

/** What can go wrong, with a text that repeats the secrets, or with a token that nobody has seen yet. */
const FAILURES: [name: string, answer: (echo: string) => ReturnType<Fetch>, code: string][] = [
  ["a 403 in JSON", (echo) => words(403, echo), "forbidden"],
  ["a 503 in JSON", (echo) => words(503, echo), "server_error"],
  ["a 403 in plain text", (echo) => new Response(echo, { status: 403 }), "forbidden"],
  ["a redirect", (echo) => new Response(echo, { status: 307 }), "redirect_refused"],
  ["an error with the request", (echo) => Promise.reject(loadedError(echo)), "connection_failed"],
  ["a thrown string", (echo) => Promise.reject(echo), "connection_failed"],
  ["a thrown response", (echo) => Promise.reject(new Response(echo)), "connection_failed"],
  ["a body that breaks", (echo) => cutBody(201, echo), "connection_failed"],
  ["a 403 whose body breaks", (echo) => cutBody(403, echo), "forbidden"],
  ["a 201 that repeats them", (echo) => words(201, echo), "invalid_response"],
  ["a grant without a time", () => json(201, { data: { token: OPAQUE_TOKEN } }), "invalid_response"],
  ["a grant elsewhere", () => json(201, { token: "CANARY", a: ["CANARY", { b: JWT }] }), "invalid_response"],
  ["half a grant", () => new Response('{"data":{"token":"CANARY', { status: 201 }), "invalid_response"],
  ["a bare token", () => new Response(OPAQUE_TOKEN, { status: 200 }), "invalid_response"],
];

test.each(FAILURES)(
  "after %s the error, the event and the client show no secret",
  async (_, answer, code) => {
    for (const [name, secrets, options, refreshToken] of CALLS) {
      const events: AttemptEvent[] = [];
      const lowerCase = (text: string) => text.replace(/%../g, (octet) => octet.toLowerCase());
      const spellings = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
      const echo = [...spellings, ...spellings.map(lowerCase)].join(" and ");
      const client = new RoomTokenClient({
        ...options,
        maxRetries: 0,
        fetch: () => answer(echo),
        onAttempt: (event) => events.push(event),
      });
      const call = refreshToken ? client.refresh(ROOM_ID, { refreshToken }) : client.create(ROOM_ID);
      const error = await rejection(call);
      expect(error, name).toMatchObject({ name: "RoomTokenError", code });
      expect(events, name).toMatchObject([{ code }]);
      expect(findCanaries([error, events, client]), name).toEqual([]);
    }
  },
);

test("a client that has got tokens shows none of them, nor do the exports of the package", async () => {
  for (const apiKey of [API_KEY, () => API_KEY]) {
    const { client } = clientOn(granted, { apiKey, headers: { "x-a": "b" } });
    await client.create(ROOM_ID);
    await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
    expect(findCanaries(client)).toEqual([]);
  }
  expect(findCanaries({ ...everything })).toEqual([]);
});

const bad = "CANARY\n" as never;
const BAD_OPTIONS: ClientOptions[] = [
  ...[{ apiKey: bad }, { timeoutMs: bad }, { maxRetries: bad }, { fetch: bad }, { onAttempt: bad }],
  ...[{ baseUrl: bad }, { baseUrl: "https://CANARY:CANARY@h" }, { baseUrl: "https://h?CANARY" }],
  ...[{ headers: bad }, { headers: { "x-a": bad } }, { headers: { [bad]: "x" } }],
];
const { client: refusing } = clientOn(granted);
const REFUSED: (() => Promise<unknown>)[] = [
  ...BAD_OPTIONS.map((options) => async () => new RoomTokenClient(options)),
  () => refusing.create(bad),
  () => refusing.create(ROOM_ID, { tokenTtlSecs: bad }),
  () => refusing.create(ROOM_ID, bad),
  () => refusing.create(ROOM_ID, {}, { signal: bad, headers: { "x-a": bad } }),
  () => refusing.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN, tokenTtlSecs: bad }),
  () => refusing.refresh(bad, { refreshToken: REFRESH_TOKEN }),
];

test.each(REFUSED)("input that is refused is not shown: %s", async (call) => {
  const error = await rejection(call());
  expect(error).toMatchObject({ code: "invalid_argument" });
  expect(findCanaries(error)).toEqual([]);
});

test.each([
  ["a Telnyx key", "KEY0123456789ABCDEF0123456789ABCDEF_CANARYabcdef"],
  ["a JWT", JWT],
  ["a bearer", `Bearer ${OPAQUE_TOKEN}`],
])("what a key function throws is cleaned of %s, although nobody knows it", async (_, secret) => {
  const error = await errorOf(granted, { apiKey: () => Promise.reject(loadedError(secret)) });
  const cause = { message: expect.stringMatching(/^failed .*\[redacted\]$/), cause: { cause: {} } };
  expect(error).toMatchObject({ code: "missing_api_key", cause });
  expect(findCanaries(error)).toEqual([]);
});

test("of a token cut in half by the bound of 1 MiB no half is shown", async () => {
  const head = `{"data":{"a":"`;
  for (const token of [JWT, OPAQUE_TOKEN]) {
    for (const end of [5, 20, 29]) {
      const filler = "x".repeat(2 ** 20 - head.length - `","token":"`.length - end);
      const body = `${head}${filler}","token":"${token}"}}${" ".repeat(2 ** 20)}`;
      const error = await errorOf(() => new Response(body, { status: 201 }));
      expect(error.bodyText).toBe('{"data":{"a":"[redacted]","token":"[redacted]"');
      expect(findCanaries(error)).toEqual([]);
    }
  }
});

test.each(["0", "a", "req", "forbidd"])(
  "a refresh token of %j, too short to be searched for, leaves the error of its refusal as it is",
  async (refreshToken) => {
    const body = { code: "10010", title: "forbidden request 0" };
    const { client } = clientOn(() => json(403, body, { "x-request-id": "req-0a0" }));
    const message = expect.stringContaining("403 forbidden request 0 (request id req-0a0)");
    const expected = { code: "forbidden", requestId: "req-0a0", errors: [body], message };
    expect(await rejection(client.refresh(ROOM_ID, { refreshToken }))).toMatchObject(expected);
  },
);

test("nothing is written to the console, also when it all goes wrong", async () => {
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const writers = [
    ...methods.map((name) => vi.spyOn(console, name)),
    ...(["stdout", "stderr"] as const).map((name) => vi.spyOn(process[name], "write")),
  ];
  const warnings = vi.fn();
  process.on("warning", warnings);
  const { client } = clientOn(() => json(503, {}, { "retry-after": "0" }), { maxRetries: 1 });
  await rejection(client.create(ROOM_ID));
  await errorOf(() => Promise.reject(new Error(API_KEY)));
  await createTokenResponse(client, ROOM_ID);
  await createTokenResponse({} as RoomTokenClient, ROOM_ID);
  await clientOn(granted).client.create(ROOM_ID);
  process.off("warning", warnings);
  for (const writer of writers) expect(writer).not.toHaveBeenCalled();
  expect(warnings).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
