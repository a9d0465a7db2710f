import { afterEach, expect, test, vi } from "vitest";
import { createTokenResponse, type TokenResponse, type TokenResponseOptions } from "../../src/index.ts";
import { clientOn, GRANT_DATA, granted, json, REFRESH_TOKEN, ROOM_ID } from "./support.ts";

afterEach(() => void vi.useRealTimers());

const TOKEN = { token: "CANARY-token", tokenExpiresAt: "2026-11-22T10:10:00.000Z" };
const GRANT = { ...TOKEN, refreshToken: "CANARY-refresh", refreshTokenExpiresAt: "2026-11-22T11:00:00.000Z" };
const HEADERS = { "Content-Type": "application/json", "Cache-Control": "no-store" };
const TITLE_ONLY = { title: expect.stringMatching(/^[A-Z][\w ,]+\.$/) };
const requestBody = { refreshToken: REFRESH_TOKEN };
const ttls = { tokenTtlSecs: 60, refreshTokenTtlSecs: 600 };
const CREATE = "generate_join_client_token";
const REFRESH = "refresh_client_token";

/** What a page gets if Telnyx answers like this. */
function respond(answer: () => Response | Promise<Response>, options?: TokenResponseOptions) {
  return createTokenResponse(clientOn(answer).client, ROOM_ID, options);
}

test.each<[given: string, options: TokenResponseOptions, action: string, sent: object, body: object]>([
  ["nothing", {}, CREATE, {}, TOKEN],
  ["a request body of undefined", { requestBody: undefined }, CREATE, {}, TOKEN],
  ["an empty request body", { requestBody: {} }, CREATE, {}, GRANT],
  ["a refresh token", { requestBody }, REFRESH, { refresh_token: REFRESH_TOKEN }, TOKEN],
  ["lifetimes", ttls, CREATE, { token_ttl_secs: 60, refresh_token_ttl_secs: 600 }, TOKEN],
  [
    "lifetimes and a refresh token, which takes the token's alone",
    { ...ttls, requestBody },
    REFRESH,
    { refresh_token: REFRESH_TOKEN, token_ttl_secs: 60 },
    TOKEN,
  ],
])("with %s a page gets what it may have, in a response that nothing may store", async (...row) => {
  const [, options, action, sent, body] = row;
  const data = { ...GRANT_DATA, room_id: ROOM_ID, secret: "CANARY" }; // more than belongs on the wire
  const { client, seen } = clientOn(() => json(201, { data }));
  const response = await createTokenResponse(client, ROOM_ID, options);
  expect(response).toEqual({ status: 201, headers: HEADERS, body });
  expect(seen.map(({ url, body }) => [url.split("/").at(-1), body])).toEqual([[action, sent]]);
});

test("each response has headers of its own", async () => {
  (await respond(granted)).headers["Set-Cookie"] = "login=ann";
  expect((await respond(granted)).headers).toEqual(HEADERS);
});

test.each<[telnyx: number, created: TokenResponse["status"], refreshed: TokenResponse["status"]]>([
  [400, 502, 403],
  [401, 502, 403],
  [403, 403, 403],
  [404, 404, 404],
  [409, 502, 502],
  [422, 502, 403],
  [429, 429, 429],
  [408, 502, 502],
  [418, 502, 502],
  [302, 502, 502],
  [500, 502, 502],
  [501, 502, 502],
  [503, 502, 502],
  [200, 502, 502], // without a token
])(
  "Telnyx's %i is %i for the page, and %i on a refresh, after one request",
  async (telnyx, created, refreshed) => {
    const words = { title: "TELNYX-WORDS", detail: "TELNYX-WORDS about CANARY-token" };
    for (const [options, status] of [
      [{}, created],
      [{ requestBody }, refreshed],
    ] as const) {
      const { client, seen } = clientOn(() => json(telnyx, { errors: [words] }), { maxRetries: 5 });
      const { error, ...response } = await createTokenResponse(client, ROOM_ID, options);
      expect(response).toEqual({ status, headers: HEADERS, body: TITLE_ONLY });
      expect(error).toMatchObject({ name: "RoomTokenError", status: telnyx });
      expect(JSON.stringify(response)).not.toMatch(/telnyx/i);
      expect(seen).toHaveLength(1);
    }
  },
);

test("an expired refresh token has a sentence of its own", async () => {
  const mayNot = await respond(() => json(403, {}));
  const expired = await respond(() => json(403, {}), { requestBody });
  expect(expired.body["title"]).not.toBe(mayNot.body["title"]);
});

test.each([
  [429, "7", "7"],
  [429, "0", "0"],
  [429, "0.2", "1"],
  [503, "17", "17"],
  [503, "soon", undefined],
  [503, "-5", undefined],
  [404, "9", undefined],
])("with %i, a Retry-After of %j is passed on as %j", async (status, retryAfter, expected) => {
  const { headers } = await respond(() => json(status, {}, { "retry-after": retryAfter }));
  expect(headers["Retry-After"]).toBe(expected);
});

test.each([
  ["2f1c-9", "2f1c-9"],
  ["two words", undefined],
  ["ümlaut", undefined],
])("Telnyx's request id %j is passed on as %j", async (id, expected) => {
  const { headers, error } = await respond(() => json(500, {}, { "x-request-id": id }));
  expect(headers["X-Request-Id"]).toBe(expected);
  expect(error?.message).toContain(id);
});

test("a missing API key, and a Telnyx that cannot be reached, are 502", async () => {
  const { client } = clientOn(granted, { apiKey: null });
  const missing = await createTokenResponse(client, ROOM_ID);
  expect(missing).toMatchObject({ status: 502, body: TITLE_ONLY, error: { code: "missing_api_key" } });
  const unreachable = await respond(() => Promise.reject(new TypeError("fetch failed")));
  expect(unreachable).toMatchObject({ status: 502, body: TITLE_ONLY, error: { code: "connection_failed" } });
});

const stalled = () => new Promise<never>(() => {});

test("a slow Telnyx is 504 after 10 s, and its request is aborted", async () => {
  vi.useFakeTimers();
  const { client, seen } = clientOn(stalled);
  const settled = vi.fn();
  const response = createTokenResponse(client, ROOM_ID);
  response.then(settled);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  const error = { code: "timeout", retryable: true, message: "No token for a page within 10000 ms" };
  expect(await response).toMatchObject({ status: 504, body: TITLE_ONLY, error });
  expect(seen[0]?.signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("a client whose own deadline is over is 504", async () => {
  const { client } = clientOn(stalled, { timeoutMs: 5 });
  const error = { code: "timeout" };
  expect(await createTokenResponse(client, ROOM_ID)).toMatchObject({ status: 504, error });
});

test("a signal ends it with 504, also before it begins", async () => {
  const { client, seen } = clientOn(stalled);
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const ended = { status: 504, error: { name: "RoomTokenError" } };
  const response = createTokenResponse(client, ROOM_ID, options);
  controller.abort();
  expect(await response).toMatchObject(ended);
  expect(await createTokenResponse(client, ROOM_ID, options)).toMatchObject(ended);
  expect(seen).toHaveLength(1);
});
