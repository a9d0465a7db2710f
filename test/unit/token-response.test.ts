import { afterEach, expect, test, vi } from "vitest";
import { createTokenResponse, RoomTokenClient, type TokenResponse } from "../../src/index.ts";
import {
  API_KEY,
  clientOn,
  GRANT_DATA,
  granted,
  json,
  REFRESH_TOKEN,
  ROOM_ID,
  stubFetch,
} from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

const TOKEN = { token: "CANARY-token", tokenExpiresAt: "2026-11-22T10:10:00.000Z" };
const GRANT = {
  ...TOKEN,
  refreshToken: "CANARY-refresh",
  refreshTokenExpiresAt: "2026-11-22T11:00:00.000Z",
};
const TITLE_ONLY = { title: expect.stringMatching(/^[A-Z][\w ,]+\.$/) };
const requestBody = { refreshToken: REFRESH_TOKEN };

test("a page gets a token, and no refresh token, in a response that nothing may store", async () => {
  const { client, seen } = clientOn(granted);
  expect(await createTokenResponse(client, ROOM_ID)).toEqual({
    status: 201,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
    body: TOKEN,
  });
  expect(seen.map(({ url }) => url.split("/").at(-1))).toEqual(["generate_join_client_token"]);
});

test("with a request body the page gets the refresh token too, and a new token for it", async () => {
  const { client, seen } = clientOn(granted);
  expect(await createTokenResponse(client, ROOM_ID, { requestBody: {} })).toMatchObject({ body: GRANT });
  const refreshed = await createTokenResponse(client, ROOM_ID, { requestBody });
  expect(refreshed).toMatchObject({ status: 201 });
  expect(refreshed.body).toEqual(TOKEN); // also where the stand-in for Telnyx returns more
  expect(seen.map(({ url, body }) => [url.split("/").at(-1), body])).toEqual([
    ["generate_join_client_token", {}],
    ["refresh_client_token", { refresh_token: REFRESH_TOKEN }],
  ]);
});

test("the lifetimes reach Telnyx; a refresh takes the token's alone", async () => {
  const { client, seen } = clientOn(granted);
  const ttls = { tokenTtlSecs: 60, refreshTokenTtlSecs: 600 };
  await createTokenResponse(client, ROOM_ID, ttls);
  await createTokenResponse(client, ROOM_ID, { ...ttls, requestBody });
  expect(seen.map(({ body }) => body)).toEqual([
    { token_ttl_secs: 60, refresh_token_ttl_secs: 600 },
    { token_ttl_secs: 60, refresh_token: REFRESH_TOKEN },
  ]);
});

test("without a request body a page's refresh token cannot be used", async () => {
  const { client, seen } = clientOn(granted);
  const response = await createTokenResponse(client, ROOM_ID, { requestBody: undefined });
  expect(response.body).toEqual(TOKEN);
  expect(seen[0]?.url).toMatch(/generate_join_client_token$/);
});

const STATUSES: [telnyx: number, created: TokenResponse["status"], refreshed: TokenResponse["status"]][] = [
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
];

test.each(STATUSES)(
  "Telnyx's %i is %i for the page, and %i on a refresh",
  async (telnyx, created, refreshed) => {
    const words = { title: "TELNYX-WORDS", detail: "TELNYX-WORDS about CANARY-token" };
    const { client, seen } = clientOn(() => json(telnyx, { errors: [words] }));
    for (const [options, status] of [
      [{}, created],
      [{ requestBody }, refreshed],
    ] as const) {
      const { error, ...response } = await createTokenResponse(client, ROOM_ID, options);
      expect(response).toEqual({ status, headers: expect.anything(), body: TITLE_ONLY });
      expect(error).toMatchObject({ name: "RoomTokenError", status: telnyx });
      expect(JSON.stringify(response)).not.toMatch(/telnyx/i);
    }
    expect(seen.length).toBe(2);
  },
);

test("an expired refresh token has a sentence of its own", async () => {
  const { client } = clientOn(() => json(403, {}));
  const mayNot = await createTokenResponse(client, ROOM_ID);
  const expired = await createTokenResponse(client, ROOM_ID, { requestBody });
  expect(expired.status).toBe(mayNot.status);
  expect(expired.body["title"]).not.toBe(mayNot.body["title"]);
});

test("it makes one request, even if the client retries, because the page's session does", async () => {
  const { client, seen } = clientOn(() => json(503, {}), { maxRetries: 5 });
  expect(await createTokenResponse(client, ROOM_ID)).toMatchObject({ status: 502 });
  expect(seen.length).toBe(1);
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
  const { client } = clientOn(() => json(status, {}, { "retry-after": retryAfter }));
  const { headers } = await createTokenResponse(client, ROOM_ID);
  expect(headers["Retry-After"]).toBe(expected);
});

test.each([
  ["2f1c-9", "2f1c-9"],
  ["two words", undefined],
  ["ümlaut", undefined],
])("Telnyx's request id %j is passed on as %j", async (id, expected) => {
  const { client } = clientOn(() => json(500, {}, { "x-request-id": id }));
  const { headers, error } = await createTokenResponse(client, ROOM_ID);
  expect(headers["X-Request-Id"]).toBe(expected);
  expect(error?.message).toContain(id);
});

test("a wrong key and a missing one are the operator's concern, not the page's", async () => {
  const { fetch } = stubFetch(() => json(401, {}));
  const wrong = await createTokenResponse(new RoomTokenClient({ apiKey: API_KEY, fetch }), ROOM_ID);
  expect(wrong).toMatchObject({ status: 502, error: { code: "unauthorized" } });
  const missing = await createTokenResponse(new RoomTokenClient({ apiKey: null, fetch }), ROOM_ID);
  expect(missing).toMatchObject({ status: 502, error: { code: "missing_api_key" } });
});

test("a Telnyx that cannot be reached is 502", async () => {
  const { client } = clientOn(() => Promise.reject(new TypeError("fetch failed")));
  const response = await createTokenResponse(client, ROOM_ID);
  expect(response).toMatchObject({ status: 502, body: TITLE_ONLY, error: { code: "connection_failed" } });
});

test("a client whose own deadline is over is 504", async () => {
  const { client } = clientOn(() => new Promise(() => {}), { timeoutMs: 5 });
  expect(await createTokenResponse(client, ROOM_ID)).toMatchObject({
    status: 504,
    error: { code: "timeout" },
  });
});

test("a slow Telnyx is 504 after 10 s, and its request is aborted", async () => {
  vi.useFakeTimers();
  const { client, seen } = clientOn(() => new Promise(() => {}));
  const settled = vi.fn();
  const response = createTokenResponse(client, ROOM_ID);
  response.then(settled);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  const message = "No token for a page within 10000 ms";
  expect(await response).toMatchObject({
    status: 504,
    body: TITLE_ONLY,
    error: { code: "timeout", message },
  });
  expect(seen[0]?.signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("a signal ends it with 504, also before it begins", async () => {
  const { client, seen } = clientOn(() => new Promise(() => {}));
  const controller = new AbortController();
  const response = createTokenResponse(client, ROOM_ID, { signal: controller.signal });
  controller.abort();
  expect(await response).toMatchObject({ status: 504, error: { name: "RoomTokenError" } });
  expect(await createTokenResponse(client, ROOM_ID, { signal: controller.signal })).toMatchObject({
    status: 504,
  });
  expect(seen.length).toBe(1);
});

test("each response has headers and a body of its own", async () => {
  const { client } = clientOn(granted);
  const one = await createTokenResponse(client, ROOM_ID);
  one.headers["Set-Cookie"] = "login=ann";
  const other = await createTokenResponse(client, ROOM_ID);
  expect(other.headers).not.toHaveProperty("Set-Cookie");
});

test("only what belongs on the wire gets into the body", async () => {
  const data = { ...GRANT_DATA, room_id: ROOM_ID, secret: "CANARY" };
  const { client } = clientOn(() => json(201, { data }));
  expect((await createTokenResponse(client, ROOM_ID, { requestBody: {} })).body).toEqual(GRANT);
});

test("a stand-in for the client may leave out all but the token", async () => {
  const client = { create: async () => ({ token: "t" }) } as unknown as RoomTokenClient;
  const response = await createTokenResponse(client, ROOM_ID, { requestBody: {} });
  expect(response).toMatchObject({ status: 201, body: { token: "t" } });
  expect(Object.keys(response.body)).toEqual(["token"]);
});
