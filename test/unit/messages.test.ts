import { afterEach, expect, test, vi } from "vitest";
import { type ClientOptions, RoomTokenClient, type RoomTokenError } from "../../src/index.ts";
import { API_KEY, clientOn, granted, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const wrong = {} as never;

const OPTIONS: [options: ClientOptions, message: string][] = [
  [{ apiKey: wrong }, "apiKey must be a string"],
  [{ baseUrl: "x" }, "baseUrl must be an http(s) URL without user, query and fragment"],
  [
    { baseUrl: "http://h" },
    "baseUrl must be an https URL (or set allowInsecureHttp), except for a loopback host",
  ],
  [{ timeoutMs: 0 }, "timeoutMs must be a number of milliseconds above 0, at most 2147483647"],
  [{ maxRetries: -1 }, "maxRetries must be a whole number, 0 or more"],
  [{ fetch: wrong }, "fetch must be a function"],
  [{ onAttempt: wrong }, "onAttempt must be a function"],
  [{ headers: 5 as never }, "headers must be a plain record, not a Headers object or a list"],
  [{ headers: [] as never }, "headers must be a plain record, not a Headers object or a list"],
  [{ headers: { "a b": "c" } }, "headers must be a record whose names are valid HTTP header names"],
  [{ headers: { Accept: "c" } }, "headers must not contain Accept, which the client sets itself"],
  [{ headers: { Host: "c" } }, "headers must not contain Host, which is left to fetch"],
  [{ headers: { "X-A": "\n" } }, 'headers["X-A"] must be a valid HTTP header value'],
  [
    { apiKey: '"KEY0123"' },
    "apiKey must be the bare key: remove the quotes around it (docker's --env-file keeps them)",
  ],
  [
    { apiKey: Promise.resolve(API_KEY) as never },
    "apiKey must be a key, not a promise: await it, or pass a function",
  ],
];

test.each(OPTIONS)("the options %j are refused with the rule that they break", (options, message) => {
  expect(() => new RoomTokenClient({ apiKey: API_KEY, ...options })).toThrow(
    expect.objectContaining({ code: "invalid_argument", message }),
  );
});

const { client } = clientOn(granted);
const refreshToken = REFRESH_TOKEN;
const UUID_RULE = "roomId must be a UUID string: the room's `id`, not its `unique_name`";

const CALLS: [name: string, call: () => Promise<unknown>, operation: string, message: string][] = [
  ["create of x", () => client.create("x"), "create", UUID_RULE],
  ["refresh of x", () => client.refresh("x", { refreshToken }), "refresh", UUID_RULE],
  ...["tokenTtlSecs", "refreshTokenTtlSecs"].map((name): (typeof CALLS)[number] => [
    `create with a ${name} of 0`,
    () => client.create(ROOM_ID, { [name]: 0 }),
    "create",
    `${name} must be a positive whole number of seconds`,
  ]),
  [
    "refresh with a TTL of 0",
    () => client.refresh(ROOM_ID, { refreshToken, tokenTtlSecs: 0 }),
    "refresh",
    "tokenTtlSecs must be a positive whole number of seconds",
  ],
  [
    "refresh without a token",
    () => client.refresh(ROOM_ID, wrong),
    "refresh",
    "refreshToken must be a non-empty string",
  ],
  ["create with params of 5", () => client.create(ROOM_ID, 5 as never), "create", "params must be an object"],
  [
    "refresh with params of 5",
    () => client.refresh(ROOM_ID, 5 as never),
    "refresh",
    "params must be an object",
  ],
  [
    "create with options of 5",
    () => client.create(ROOM_ID, {}, 5 as never),
    "create",
    "options must be an object",
  ],
  [
    "create with a signal of {}",
    () => client.create(ROOM_ID, {}, { signal: wrong }),
    "create",
    "signal must be an AbortSignal",
  ],
  [
    "refresh with a deadline of 0",
    () => client.refresh(ROOM_ID, { refreshToken }, { timeoutMs: 0 }),
    "refresh",
    "timeoutMs must be a number of milliseconds above 0, at most 2147483647",
  ],
];

test.each(CALLS)(
  "%s is refused under the operation's name with the rule",
  async (_, call, operation, message) => {
    expect(await rejection(call())).toMatchObject({ code: "invalid_argument", operation, message });
  },
);

test("a missing key says how to give one", async () => {
  const error = (await rejection(
    clientOn(granted, { apiKey: null }).client.create(ROOM_ID),
  )) as RoomTokenError;
  expect(error.message).toBe(
    "Creating a room client token failed: no API key: pass apiKey, or set TELNYX_API_KEY",
  );
});

test.each([
  ["a 502 three times", () => json(502, {}), /^Creating a room client token failed after 3 attempts: 502$/],
  [
    "a failed connection three times",
    () => Promise.reject(new TypeError("fetch failed")),
    /^Creating a room client token failed after 3 attempts: the connection failed \(fetch failed\)$/,
  ],
  [
    "a timeout of three attempts",
    () => new Promise<never>(() => {}),
    /^Creating a room client token failed after 3 attempts: no complete response within 5 ms$/,
  ],
])("%s says after how many attempts", async (_, answer, message) => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.useFakeTimers();
  const { client } = clientOn(answer, { maxRetries: 2, timeoutMs: 5 });
  const failed = rejection(client.create(ROOM_ID));
  await vi.runAllTimersAsync();
  expect(await failed).toMatchObject({ attempts: 3, message: expect.stringMatching(message) });
});

test.each([
  ["a first attempt", () => clientOn(() => json(403, {})).client.create(ROOM_ID), 1],
  ["no request", () => clientOn(granted).client.create("x"), 0],
  ["a missing key", () => clientOn(granted, { apiKey: null }).client.create(ROOM_ID), 0],
])(
  "the error of %s tells how many requests were sent, and its message does not",
  async (_, call, attempts) => {
    const error = await rejection(call());
    expect(error).toMatchObject({ attempts, message: expect.not.stringContaining("attempts") });
  },
);

const FORGING = "no\n2026-11-29 INFO all is well\x1b[2K\u2028\x9b";

test.each([
  ["Telnyx's words", () => json(403, { errors: [{ title: FORGING, detail: FORGING, code: FORGING }] })],
  [
    "a request id",
    () => ({
      ...json(403, {}),
      headers: { get: () => FORGING },
      status: 403,
      text: async (): Promise<string> => "",
    }),
  ],
  [
    "a thrown error",
    () => Promise.reject(Object.assign(new Error(FORGING), { code: FORGING, name: FORGING })),
  ],
  ["its cause", () => Promise.reject(new Error("x", { cause: new Error(FORGING) }))],
])("control characters in %s cannot forge a line of a log", async (_, answer) => {
  const error = (await rejection(
    clientOn(answer as () => Response).client.create(ROOM_ID),
  )) as RoomTokenError;
  const { message, requestId, errors, cause } = error;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const control = /[\0-\x1f\x7f-\x9f\u2028\u2029]/;
  const shown = JSON.stringify([message, requestId, errors]) + messagesOf(cause).join("");
  expect(message).toContain("all is well");
  expect(shown).not.toMatch(control);
  expect(shown).not.toMatch(/\\n|\\u001b|\\u2028/);
});

/** Messages, names and codes of a cause chain. */
function messagesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [error.message, error.name, String(Reflect.get(error, "code")), ...messagesOf(error.cause)];
}

async function messageOf(answer: () => Response): Promise<string> {
  return ((await rejection(clientOn(answer).client.create(ROOM_ID))) as RoomTokenError).message;
}

test("an unusable refresh names the member in Telnyx's spelling", async () => {
  const messages = [];
  for (const data of [{ token: 5 }, { token: "t", token_expires_at: "soon" }]) {
    const { client: stubbed } = clientOn(() => json(201, { data }));
    const error = (await rejection(stubbed.refresh(ROOM_ID, { refreshToken }))) as RoomTokenError;
    messages.push(error.message.replace(/^.*: /, ""));
  }
  expect(messages).toEqual([
    "a token that is not a non-empty string",
    "a token_expires_at that is not an RFC 3339 time",
  ]);
});

test("a thrown message that ends in a line feed is shown without it", async () => {
  const failing = clientOn(() => Promise.reject(new Error("self-signed certificate\n")));
  const error = (await rejection(failing.client.create(ROOM_ID))) as RoomTokenError;
  expect(error.message).toMatch(/\(self-signed certificate\)$/);
});

test("a redirect says why it is not followed, with its status where there is one", async () => {
  expect(await messageOf(() => new Response(null, { status: 307 }))).toBe(
    `Creating a room client token failed: 307 redirect, not followed`,
  );
  const opaque = { type: { value: "opaqueredirect" }, status: { value: 0 } };
  expect(await messageOf(() => Object.defineProperties(new Response(null), opaque))).toBe(
    `Creating a room client token failed: redirect, not followed`,
  );
});

test("a refusal without words is its status, and an unusable success its problem", async () => {
  expect(await messageOf(() => new Response("", { status: 403 }))).toBe(
    "Creating a room client token failed: 403",
  );
  expect(await messageOf(() => json(201, {}))).toBe(
    "Creating a room client token failed: 201 without a usable token: no JSON object with data",
  );
});
