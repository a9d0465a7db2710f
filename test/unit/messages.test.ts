import { afterEach, expect, test, vi } from "vitest";
import { type ClientOptions, RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, errorOf, granted, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const wrong = {} as never;
const FIVE = 5 as never;

test.each<[options: ClientOptions, message: string]>([
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
  [{ headers: FIVE }, "headers must be a plain record, not a Headers object or a list"],
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
])("the options %j are refused with the rule that they break", (options, message) => {
  expect(() => new RoomTokenClient({ apiKey: API_KEY, ...options })).toThrow(
    expect.objectContaining({ code: "invalid_argument", message, attempts: 0 }),
  );
});

const ROOM_ID_RULE = "roomId must be a UUID string: the room's `id`, not its `unique_name`";
const TTL_RULE = "must be a positive whole number of seconds";
const TIMEOUT_RULE = "timeoutMs must be a number of milliseconds above 0, at most 2147483647";
const { client } = clientOn(granted);
const refreshToken = REFRESH_TOKEN;

test.each<[operation: "create" | "refresh", args: unknown[], message: string]>([
  ["create", ["x"], ROOM_ID_RULE],
  ["refresh", ["x", { refreshToken }], ROOM_ID_RULE],
  ["create", [ROOM_ID, { tokenTtlSecs: 0 }], `tokenTtlSecs ${TTL_RULE}`],
  ["create", [ROOM_ID, { refreshTokenTtlSecs: 0 }], `refreshTokenTtlSecs ${TTL_RULE}`],
  ["refresh", [ROOM_ID, { refreshToken, tokenTtlSecs: 0 }], `tokenTtlSecs ${TTL_RULE}`],
  ["refresh", [ROOM_ID, {}], "refreshToken must be a non-empty string"],
  ["create", [ROOM_ID, 5], "params must be an object"],
  ["refresh", [ROOM_ID, 5], "params must be an object"],
  ["create", [ROOM_ID, {}, 5], "options must be an object"],
  ["create", [ROOM_ID, {}, { signal: {} }], "signal must be an AbortSignal"],
  ["refresh", [ROOM_ID, { refreshToken }, { timeoutMs: 0 }], TIMEOUT_RULE],
])("%s with %j is refused under the operation's name with the rule", async (operation, args, message) => {
  const call = client[operation] as (...args: unknown[]) => Promise<unknown>;
  const error = await rejection(call.apply(client, args));
  expect(error).toMatchObject({ code: "invalid_argument", operation, message, attempts: 0 });
});

test("a missing key says how to give one", async () => {
  expect(await errorOf(granted, { apiKey: null })).toMatchObject({
    message: "Creating a room client token failed: no API key: pass apiKey, or set TELNYX_API_KEY",
    attempts: 0,
  });
});

const refused = () => Promise.reject(new TypeError("fetch failed"));

test.each<[failure: string, answer: () => Response | Promise<Response>, problem: string]>([
  ["a 502", () => json(502, {}), "502"],
  ["a failed connection", refused, "the connection failed (fetch failed)"],
  ["silence", () => new Promise(() => {}), "no complete response within 5 ms"],
])(
  "the message of %s says after how many attempts, where there was more than one",
  async (_, answer, problem) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    vi.useFakeTimers();
    for (const [maxRetries, suffix] of [
      [0, ""],
      [2, " after 3 attempts"],
    ] as const) {
      const failed = errorOf(answer, { maxRetries, timeoutMs: 5 });
      await vi.runAllTimersAsync();
      const message = `Creating a room client token failed${suffix}: ${problem}`;
      expect(await failed).toMatchObject({ attempts: maxRetries + 1, message });
    }
  },
);

test("the message of a refresh begins with Refreshing", async () => {
  const refresh = clientOn(() => json(403, {})).client.refresh(ROOM_ID, { refreshToken });
  expect(await rejection(refresh)).toMatchObject({ message: "Refreshing a room client token failed: 403" });
});

const FORGING = "no\n2026-11-29 INFO all is well\x1b[2K\u2028\x9b";
const DETAIL = { title: FORGING, detail: FORGING, code: FORGING };
const thrown = Object.assign(new Error(FORGING), { code: FORGING, name: FORGING });
const forgedId = { status: 403, headers: { get: () => FORGING }, text: async () => "" };

test.each<[words: string, answer: () => Response | Promise<Response>]>([
  ["Telnyx's words", () => json(403, { errors: [DETAIL] })],
  ["a request id", () => forgedId as unknown as Response],
  ["a thrown error", () => Promise.reject(thrown)],
  ["its cause", () => Promise.reject(new Error("x", { cause: new Error(FORGING) }))],
])("control characters in %s cannot forge a line of a log", async (_, answer) => {
  const { message, requestId, errors, cause } = await errorOf(answer);
  const shown = [message, requestId, ...errors.flatMap((detail) => Object.values(detail)), ...wordsOf(cause)];
  expect(message).toContain("all is well");
  expect(shown.join()).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
});

/** Messages, names and codes of a cause chain. */
function wordsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [error.message, error.name, String(Reflect.get(error, "code")), ...wordsOf(error.cause)];
}
