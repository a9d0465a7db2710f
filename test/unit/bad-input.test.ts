import { expect, test } from "vitest";
import { type ClientOptions, RoomTokenClient, type RoomTokenError } from "../../src/index.ts";
import { clientOn, granted, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

/** What a caller without types may pass. */
// biome-ignore lint/suspicious/noExplicitAny: bad input is the subject here
type Anything = any;

function expectRefusal(error: unknown, argument: string): void {
  expect(error).toMatchObject({ name: "RoomTokenError", code: "invalid_argument", retryable: false });
  expect((error as Error).message).toMatch(new RegExp(`^${argument}\\b.* must (be|not contain) `));
  expect((error as RoomTokenError).cause).toBeUndefined();
}

const BAD_ROOM_IDS: Anything[] = [
  "",
  " ",
  "..",
  "../x",
  "%2e%2e",
  "a/b",
  undefined,
  null,
  5,
  {},
  [ROOM_ID],
  `${ROOM_ID}\n`,
  ` ${ROOM_ID}`,
  `${ROOM_ID}/`,
  ROOM_ID.replaceAll("-", ""),
  `{${ROOM_ID}}`,
];

test.each(BAD_ROOM_IDS)("the room id %j is refused by name before any request", async (roomId) => {
  const { client, seen } = clientOn(granted);
  expectRefusal(await rejection(client.create(roomId)), "roomId");
  expectRefusal(await rejection(client.refresh(roomId, { refreshToken: REFRESH_TOKEN })), "roomId");
  expect(seen).toEqual([]);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "600", null, 2 ** 53])(
  "the TTL %j is refused by name before any request",
  async (ttl: Anything) => {
    const { client, seen } = clientOn(granted);
    expectRefusal(await rejection(client.create(ROOM_ID, { tokenTtlSecs: ttl })), "tokenTtlSecs");
    expectRefusal(
      await rejection(client.create(ROOM_ID, { refreshTokenTtlSecs: ttl })),
      "refreshTokenTtlSecs",
    );
    const params = { refreshToken: REFRESH_TOKEN, tokenTtlSecs: ttl };
    expectRefusal(await rejection(client.refresh(ROOM_ID, params)), "tokenTtlSecs");
    expect(seen).toEqual([]);
  },
);

test.each(["", undefined, null, 5, {}])(
  "the refresh token %j is refused before any request",
  async (token: Anything) => {
    const { client, seen } = clientOn(granted);
    expectRefusal(await rejection(client.refresh(ROOM_ID, { refreshToken: token })), "refreshToken");
    expect(seen).toEqual([]);
  },
);

test.each([null, 5, "x"])("params or options of %j are refused by name", async (bag: Anything) => {
  const { client, seen } = clientOn(granted);
  expectRefusal(await rejection(client.create(ROOM_ID, bag)), "params");
  expectRefusal(await rejection(client.refresh(ROOM_ID, bag)), "params");
  expectRefusal(await rejection(client.create(ROOM_ID, {}, bag)), "options");
  expect(() => new RoomTokenClient(bag)).toThrow("options must be an object");
  expect(seen).toEqual([]);
});

test("a refresh without params is refused by a rejection, not by a throw", async () => {
  const { client } = clientOn(granted);
  expectRefusal(await rejection((client.refresh as Anything)(ROOM_ID)), "params");
});

const BAD_OPTIONS: [argument: string, values: Anything[]][] = [
  [
    "apiKey",
    [
      "",
      " ",
      "Bearer CANARY",
      "CANARY\n",
      "CANARY😀",
      '"CANARY"',
      "'CANARY'",
      5,
      {},
      Promise.resolve("CANARY"),
    ],
  ],
  [
    "baseUrl",
    [
      "",
      " ",
      "x",
      "ftp://CANARY",
      "https://CANARY:p@h",
      "https://CANARY@h",
      "https://@h",
      "https://h?CANARY",
      "https://h?",
      "https://h#CANARY",
      "https://h#",
      "http://example.com",
      "http://127.0.0.1.CANARY.com",
      "http://localhost.CANARY.com",
      "http://CANARYlocalhost",
      "http://CANARY.localhost",
      " https://h",
      "https://h\n",
      "https:\\\\CANARY",
      "https:///CANARY h",
      null,
      5,
      "https://[CANARY",
      new URL("https://api.telnyx.com/v2"),
    ],
  ],
  ["timeoutMs", [0, -1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY, "5", null]],
  ["maxRetries", [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2", null]],
  ["fetch", [5, null, "fetch"]],
  ["onAttempt", [5, null, {}]],
  ["allowInsecureHttp", ["true", 1, null]],
  ["dangerouslyAllowBrowser", ["true", 1, null]],
];
const BAD_OPTION_CASES = BAD_OPTIONS.flatMap(([name, values]) =>
  values.map((value) => [name, value] as const),
);

test.each(BAD_OPTION_CASES)("the option %s of %j is refused by name, without its value", (name, value) => {
  let refusal: unknown;
  try {
    new RoomTokenClient({ [name]: value });
  } catch (thrown) {
    refusal = thrown;
  }
  expectRefusal(refusal, name);
  expect(String(refusal)).not.toContain("CANARY");
});

test("headers that cannot be read, and a signal that cannot, are refused by name without what they threw", async () => {
  const { client, seen } = clientOn(granted);
  const throws = () => {
    throw new Error("CANARY");
  };
  const getter = Object.defineProperty({}, "x-a", { get: throws, enumerable: true });
  for (const headers of [
    getter,
    new Proxy({}, { has: throws, ownKeys: throws, get: throws }),
  ] as Anything[]) {
    const error = await rejection(client.create(ROOM_ID, {}, { headers }));
    expectRefusal(error, "headers");
    expect(String(error)).not.toContain("CANARY");
    expect(() => new RoomTokenClient({ headers })).toThrow(/^headers must/);
  }
  const signal: Anything = Object.defineProperty({ addEventListener() {} }, "aborted", { get: throws });
  expectRefusal(await rejection(client.create(ROOM_ID, {}, { signal })), "signal");
  expect(seen).toEqual([]);
});

const BAD_HEADERS: Anything[] = [
  new Headers({ "x-a": "CANARY" }),
  [["x-a", "CANARY"]],
  { Authorization: "CANARY" },
  { AUTHORIZATION: "CANARY" },
  { "content-type": "CANARY" },
  { Accept: "CANARY" },
  { Authorization: undefined },
  ...[
    "Host",
    "Connection",
    "Keep-Alive",
    "Transfer-Encoding",
    "Content-Length",
    "Expect",
    "Upgrade",
    "TE",
    "trailer",
  ].map((name) => ({ [name]: "CANARY" })),
  { "x-a": "CANARY\r\nx: y" },
  { "x-a": "CANARY\u0000" },
  { "x-a": "CANARY😀" },
  { "x-a": 5 },
  { "bad name": "CANARY" },
  { "": "CANARY" },
  { "x\n": "CANARY" },
  null,
  "CANARY",
  5,
];

test.each(BAD_HEADERS)(
  "the headers %j are refused for the client and for a call, without their values",
  async (headers) => {
    const { client, seen } = clientOn(granted);
    const error = await rejection(client.create(ROOM_ID, {}, { headers }));
    expectRefusal(error, "headers");
    expect(String(error)).not.toContain("CANARY");
    expect(() => new RoomTokenClient({ headers })).toThrow("headers");
    expect(seen).toEqual([]);
  },
);

test.each([
  ["timeoutMs", 0],
  ["maxRetries", -1],
  ["signal", {}],
  ["signal", null],
])("the call option %s of %j is refused for its operation", async (name, value: Anything) => {
  const { client, seen } = clientOn(granted);
  const created = await rejection(client.create(ROOM_ID, {}, { [name]: value }));
  expectRefusal(created, name);
  expect(created).toMatchObject({ operation: "create" });
  const refreshed = await rejection(
    client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }, { [name]: value }),
  );
  expectRefusal(refreshed, name);
  expect(refreshed).toMatchObject({ operation: "refresh" });
  expect(seen).toEqual([]);
});

test.each([
  "https://h",
  "https://h/",
  "https://h/v2",
  "https://h/v2///",
  "http://localhost:1/x",
  "http://127.0.0.1:1",
  "http://127.10.20.30",
  "http://[::1]:1/",
  "HTTPS://H/v2",
  "https://h:8443/a/b",
])("the base URL %s is good, whatever its trailing slashes", async (baseUrl) => {
  const { client, seen } = clientOn(granted, { baseUrl });
  await client.create(ROOM_ID);
  const expected = baseUrl.replace(/\/+$/, "");
  expect(seen[0]?.url).toBe(`${expected}/rooms/${ROOM_ID}/actions/generate_join_client_token`);
});

test("with allowInsecureHttp plain http may go to any host", async () => {
  const options: ClientOptions = { baseUrl: "http://mock.internal:4010", allowInsecureHttp: true };
  const { client, seen } = clientOn(granted, options);
  await client.create(ROOM_ID);
  expect(seen[0]?.url).toMatch(/^http:\/\/mock\.internal:4010\/rooms\//);
});

test("a room id of any UUID version and case is sent as it is given", async () => {
  const { client, seen } = clientOn(granted);
  for (const roomId of [ROOM_ID.toUpperCase(), "00000000-0000-0000-0000-000000000000"]) {
    await client.create(roomId);
    expect(seen.at(-1)?.url).toContain(`/rooms/${roomId}/actions/`);
  }
});

test("the longest deadline that a timer can hold is good", async () => {
  const { client, seen } = clientOn(granted, { timeoutMs: 2 ** 31 - 1 });
  await client.create(ROOM_ID, {}, { timeoutMs: 2 ** 31 - 1 });
  expect(seen).toHaveLength(1);
});
