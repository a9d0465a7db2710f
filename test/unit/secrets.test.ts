import { inspect } from "node:util";
import { expect, test } from "vitest";
import { type AttemptEvent, type Fetch, isRoomTokenError, RoomTokenClient } from "../../src/index.ts";
import { clientOn, json, ROOM_ID, rejection } from "./support.ts";

const KEY = 'CANARY"key/+=1';
const REFRESH = "CANARY refresh/+=\\2";
const GIVEN = "CANARY-given/by-a-function-3";
const UNSEEN = "CANARY-a-token-nobody-has-seen-4";

/** Each call, and the secrets that it knows. */
const CALLS: [name: string, secrets: string[], call: (options: Options) => Promise<unknown>][] = [
  [
    "create with the client's key",
    [KEY],
    (options) => new RoomTokenClient({ apiKey: KEY, ...options }).create(ROOM_ID),
  ],
  [
    "create with the key of a function",
    [GIVEN],
    (options) => new RoomTokenClient({ apiKey: async () => GIVEN, ...options }).create(ROOM_ID),
  ],
  [
    "refresh of a client with a key",
    [KEY, REFRESH],
    (options) => new RoomTokenClient({ apiKey: KEY, ...options }).refresh(ROOM_ID, { refreshToken: REFRESH }),
  ],
  [
    "refresh of a client without a key",
    [REFRESH],
    (options) =>
      new RoomTokenClient({ apiKey: null, ...options }).refresh(ROOM_ID, { refreshToken: REFRESH }),
  ],
];
interface Options {
  readonly fetch: Fetch;
  readonly maxRetries: number;
  readonly onAttempt: (event: AttemptEvent) => void;
}

/** How a secret may stand in a text. */
const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(secret).replace(/%../g, (octet) => octet.toLowerCase()),
  JSON.stringify(secret).slice(1, -1),
];

/** An error as a fetch of somebody's own may throw it, request and all. */
function loadedError(echo: string): Error {
  const request = { headers: { authorization: `Bearer ${echo}` }, body: echo };
  const inner = Object.assign(new Error(`inner ${echo}`), { request, code: `E ${echo}`, stack: echo });
  const parts = new AggregateError([inner, new Error(`part ${echo}`)], `all ${echo}`, { cause: inner });
  return Object.assign(new TypeError(`failed ${echo}`, { cause: parts }), { request, name: `N ${echo}` });
}

/** An error of Telnyx's that repeats a text wherever it can. */
const words = (echo: string) => {
  const detail = { title: echo, detail: `d ${echo}`, code: echo, source: { pointer: `/${echo}` }, x: [echo] };
  return { errors: [detail, { message: echo }] };
};
const STATUSES = [400, 401, 403, 404, 409, 418, 422, 429, 500, 503];
const cutBody = (status: number, echo: string) => ({
  status,
  headers: new Headers(),
  text: () => Promise.reject(loadedError(echo)),
});

/** What can go wrong, with a text that repeats the secrets; and the error's code, unless it depends on the status. */
const FAILURES: [name: string, answer: (echo: string) => ReturnType<Fetch>, code: string | undefined][] = [
  ...STATUSES.map((status): (typeof FAILURES)[number] => [
    `a ${status} in JSON`,
    (echo) => json(status, words(echo), { "x-request-id": encodeURIComponent(echo) }),
    undefined,
  ]),
  ["a refusal in plain text", (echo) => new Response(echo, { status: 403 }), "forbidden"],
  ["a redirect", (echo) => new Response(echo, { status: 307 }), "redirect_refused"],
  ["an error with the request", (echo) => Promise.reject(loadedError(echo)), "connection_failed"],
  ["a thrown string", (echo) => Promise.reject(echo), "connection_failed"],
  ["a thrown response", (echo) => Promise.reject(new Response(echo)), "connection_failed"],
  ["a body that breaks", (echo) => cutBody(201, echo), "connection_failed"],
  ["a refusal whose body breaks", (echo) => cutBody(403, echo), "forbidden"],
  ["a grant without a time", () => json(201, { data: { token: UNSEEN } }), "invalid_response"],
  ["a grant elsewhere", () => json(201, { token: UNSEEN, a: [UNSEEN, { b: UNSEEN }] }), "invalid_response"],
  ["half a grant", () => new Response(`{"data":{"token":"${UNSEEN}`, { status: 201 }), "invalid_response"],
  ["a bare token", () => new Response(UNSEEN, { status: 200 }), "invalid_response"],
];

/** All that can be reached from a value, whether it is listed or not. */
function everythingOf(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  const members = Reflect.ownKeys(value).map((name) => [String(name), Reflect.get(value, name)] as const);
  return members.map(([name, member]) => `${name} ${everythingOf(member, seen)}`).join("\n");
}

test.each(FAILURES)("%s gives no error and no event with a secret in it", async (_, answer, code) => {
  for (const [name, secrets, call] of CALLS) {
    const events: AttemptEvent[] = [];
    const echo = secrets.flatMap(spellings).join(" and ");
    const onAttempt = (event: AttemptEvent) => void events.push(event);
    const error = await call({ fetch: () => answer(echo), maxRetries: 0, onAttempt }).catch(
      (thrown) => thrown,
    );
    expect(isRoomTokenError(error), name).toBe(true);
    if (code !== undefined) expect(error, name).toMatchObject({ code });
    expect(events, name).toHaveLength(1);
    const shown = [error, events].flatMap((value) => [
      everythingOf(value),
      inspect(value, { showHidden: true, depth: Number.POSITIVE_INFINITY }),
      JSON.stringify(value),
      String(value),
    ]);
    for (const spelling of [...secrets, UNSEEN].flatMap(spellings)) {
      expect(shown.join("\n"), name).not.toContain(spelling);
    }
  }
});

test.each(["0", "a", "req", "forbidd"])(
  "a refresh token of %j, too short to be searched for, leaves the error of its refusal as it is",
  async (refreshToken) => {
    const body = { code: "10010", title: "forbidden request 0" };
    const { client } = clientOn(() => json(403, body, { "x-request-id": "req-0a0" }));
    const error = await rejection(client.refresh(ROOM_ID, { refreshToken }));
    expect(error).toMatchObject({ code: "forbidden", requestId: "req-0a0", errors: [body] });
    expect((error as Error).message).toContain("403 forbidden request 0 (request id req-0a0)");
  },
);

test("a failing key function shows nothing that looks like a key or a token", async () => {
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  const key = "KEY0123456789ABCDEF0123456789ABCDEF_abcdefghijklmnopqrstuv";
  const apiKey = () => Promise.reject(loadedError(`${jwt} ${key} Bearer ${key}`));
  const client = new RoomTokenClient({ apiKey, fetch: () => new Response() });
  const error = await client.create(ROOM_ID).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "missing_api_key" });
  for (const secret of [jwt, key]) expect(everythingOf(error)).not.toContain(secret);
});
