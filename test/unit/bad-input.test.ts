import { afterEach, expect, test, vi } from "vitest";
import { type ClientOptions, RoomTokenClient, type RoomTokenError } from "../../src/index.ts";
import { clientOn, granted, REFRESH_TOKEN, ROOM_ID, rejection, UrlWithoutGetters } from "./support.ts";

afterEach(() => void vi.unstubAllGlobals());

/** What a caller without types may pass. */
// biome-ignore lint/suspicious/noExplicitAny: bad input is the subject here
type Anything = any;

function expectRefusal(error: unknown, argument: string, operation?: string): void {
  expect(error).toMatchObject({ name: "RoomTokenError", code: "invalid_argument", retryable: false });
  const { message, operation: named, cause } = error as RoomTokenError;
  expect(message).toMatch(new RegExp(`^${argument}\\b.* must (be|not contain) `));
  expect(message).not.toContain("CANARY");
  expect([named, cause]).toEqual([operation, undefined]);
}

const BAD_ROOM_IDS: Anything[] = [
  ...["", " ", "..", "../x", "%2e%2e", "a/b", undefined, null, 5, {}, [ROOM_ID]],
  ...[`${ROOM_ID}\n`, ` ${ROOM_ID}`, `${ROOM_ID}/`, ROOM_ID.replaceAll("-", ""), `{${ROOM_ID}}`],
];
const BAD_SIGNALS = [{}, null, new EventTarget(), { aborted: false }];
const BAD_TTLS: Anything[] = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "600", null, 2 ** 53];
const BAD_TOKENS: Anything[] = ["", undefined, null, 5, {}];
const BAD_BAGS: Anything[] = [null, 5, "x", AbortSignal.abort(), Promise.resolve({})];
const SETTERS_OF_FETCH = [
  ...["Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"],
  ...["Expect", "Upgrade", "TE", "trailer"],
];
const BAD_HEADERS: Anything[] = [
  ...[null, "CANARY", 5, new Headers({ "x-a": "CANARY" }), [["x-a", "CANARY"]]],
  ...[{ Authorization: "CANARY" }, { AUTHORIZATION: "CANARY" }, { Authorization: undefined }],
  ...[{ "content-type": "CANARY" }, { Accept: "CANARY" }],
  ...SETTERS_OF_FETCH.map((name) => ({ [name]: "CANARY" })),
  ...[{ "x-a": "CANARY\r\nx: y" }, { "x-a": "CANARY\u0000" }, { "x-a": "CANARY😀" }, { "x-a": 5 }],
  ...[{ "bad name": "CANARY" }, { "": "CANARY" }, { "x\n": "CANARY" }],
];

type CallWith = (api: RoomTokenClient, value: Anything) => Promise<unknown>;
const params = { refreshToken: REFRESH_TOKEN };

/** Each argument of each call, values that break its rule, and the call with such a value. */
const ARGUMENTS: [operation: string, argument: string, values: Anything[], call: CallWith][] = [
  ["create", "roomId", BAD_ROOM_IDS, (api, roomId) => api.create(roomId)],
  ["refresh", "roomId", BAD_ROOM_IDS, (api, roomId) => api.refresh(roomId, params)],
  ["create", "params", BAD_BAGS, (api, bag) => api.create(ROOM_ID, bag)],
  ["refresh", "params", [...BAD_BAGS, undefined], (api, bag) => api.refresh(ROOM_ID, bag)],
  ["create", "options", BAD_BAGS, (api, bag) => api.create(ROOM_ID, {}, bag)],
  ["refresh", "options", BAD_BAGS, (api, bag) => api.refresh(ROOM_ID, params, bag)],
  ["create", "tokenTtlSecs", BAD_TTLS, (api, tokenTtlSecs) => api.create(ROOM_ID, { tokenTtlSecs })],
  [
    "create",
    "refreshTokenTtlSecs",
    BAD_TTLS,
    (api, ttl) => api.create(ROOM_ID, { refreshTokenTtlSecs: ttl }),
  ],
  ["refresh", "tokenTtlSecs", BAD_TTLS, (api, ttl) => api.refresh(ROOM_ID, { ...params, tokenTtlSecs: ttl })],
  ["refresh", "refreshToken", BAD_TOKENS, (api, refreshToken) => api.refresh(ROOM_ID, { refreshToken })],
  ["create", "headers", BAD_HEADERS, (api, headers) => api.create(ROOM_ID, {}, { headers })],
  ["create", "signal", BAD_SIGNALS, (api, signal) => api.create(ROOM_ID, {}, { signal })],
  ["refresh", "signal", BAD_SIGNALS, (api, signal) => api.refresh(ROOM_ID, params, { signal })],
  ["create", "timeoutMs", [0], (api, timeoutMs) => api.create(ROOM_ID, {}, { timeoutMs })],
  ["refresh", "timeoutMs", [0], (api, timeoutMs) => api.refresh(ROOM_ID, params, { timeoutMs })],
  ["create", "maxRetries", [-1], (api, maxRetries) => api.create(ROOM_ID, {}, { maxRetries })],
  ["refresh", "maxRetries", [-1], (api, maxRetries) => api.refresh(ROOM_ID, params, { maxRetries })],
];
const BAD_CALLS = ARGUMENTS.flatMap(([operation, argument, values, call]) =>
  values.map((value) => ({ operation, argument, value, call })),
);

test.each(BAD_CALLS)(
  "$operation refuses the $argument $value by name before any request, without its value",
  async ({ operation, argument, value, call }) => {
    const { client, seen } = clientOn(granted);
    expectRefusal(await rejection(call(client, value)), argument, operation);
    expect(seen).toEqual([]);
  },
);

const BAD_BASE_URLS: Anything[] = [
  ...["", " ", "x", "h", "//h", "https://", "ftp://CANARY", "javascript:CANARY", "https:\\\\CANARY"],
  ...["https://CANARY:p@h", "https://CANARY@h", "https://@h", "https://h\\@CANARY"],
  ...["https://h?CANARY", "https://h?", "https://h#CANARY", "https://h#"],
  ...["http://example.com", "http://127.0.0.1.CANARY.com", "http://localhost.CANARY.com"],
  ...["http://CANARYlocalhost", "http://CANARY.localhost"],
  ...[" https://h", "https://h\n", "https:///CANARY h", "https://h /"],
  ...[null, 5, new URL("https://api.telnyx.com/v2")],
];
const BAD_KEYS: Anything[] = [
  ...["", " ", "Bearer CANARY", "CANARY\n", "CANARY😀", '"CANARY"', "'CANARY'", 5, {}],
  Promise.resolve("CANARY"),
];
const BAD_OPTIONS: [option: string, values: Anything[]][] = [
  ["apiKey", BAD_KEYS],
  ["baseUrl", [...BAD_BASE_URLS, "https://[CANARY"]],
  ["timeoutMs", [0, -1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY, "5", null]],
  ["maxRetries", [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2", null]],
  ["fetch", [5, null, "fetch"]],
  ["headers", BAD_HEADERS],
  ["onAttempt", [5, null, {}]],
  ["allowInsecureHttp", ["true", 1, null]],
  ["dangerouslyAllowBrowser", ["true", 1, null]],
];
const BAD_OPTION_CASES = BAD_OPTIONS.flatMap(([name, values]) =>
  values.map((value) => [name, value] as const),
);

function expectRefusedOptions(options: Anything, argument: string): void {
  let refusal: unknown;
  try {
    new RoomTokenClient(options);
  } catch (thrown) {
    refusal = thrown;
  }
  expectRefusal(refusal, argument);
}

test.each(BAD_OPTION_CASES)("the option %s of %j is refused by name, without its value", (name, value) => {
  expectRefusedOptions({ [name]: value }, name);
});

test.each(BAD_BAGS)("options of %j are refused", (bag) => expectRefusedOptions(bag, "options"));

test.each(BAD_BASE_URLS)("the base URL %j is refused also where URL checks nothing", (baseUrl) => {
  vi.stubGlobal("URL", UrlWithoutGetters);
  expectRefusedOptions({ baseUrl }, "baseUrl");
});

test.each([
  ...["https://h", "https://h/", "https://h/v2", "https://h/v2///", "HTTPS://H/v2", "https://h:8443/a/b"],
  ...["http://localhost:1/x", "http://127.0.0.1:1", "http://127.10.20.30", "http://[::1]:1/"],
])(
  "the base URL %s is good, whatever its trailing slashes, and also where URL has no getters",
  async (baseUrl) => {
    for (const platformUrl of [URL, UrlWithoutGetters]) {
      vi.stubGlobal("URL", platformUrl);
      const { client, seen } = clientOn(granted, { baseUrl });
      await client.create(ROOM_ID);
      const expected = baseUrl.replace(/\/+$/, "");
      expect(seen[0]?.url).toBe(`${expected}/rooms/${ROOM_ID}/actions/generate_join_client_token`);
    }
  },
);

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
