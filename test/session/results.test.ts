import util from "node:util";
import { describe, expect, it } from "vitest";
import { RoomTokenClient, type RoomTokenGrant } from "../../src/index.ts";
import { RoomTokenError, type RoomTokenErrorCode } from "../../src/session/index.ts";
import {
  iso,
  jwt,
  NOON,
  openOn,
  openReady,
  rejection,
  responseOf,
  Server,
  secsOf,
  sleep,
  useFakeTime,
} from "./support.ts";

useFakeTime();

const SECS = secsOf(NOON);
const token = jwt({ iat: SECS, exp: SECS + 600 });
/** It says itself that it lives longer than is stated beside it. */
const OURS = { token, tokenExpiresAt: iso(SECS + 300), refreshToken: "refresh" };
const TELNYX = {
  token,
  token_expires_at: iso(SECS + 300),
  refresh_token: "refresh",
  record_type: "client_token",
};
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

describe("create and refresh may return", () => {
  const grant: RoomTokenGrant = {
    token,
    tokenExpiresAt: new Date(NOON + 300_000),
    refreshToken: "refresh",
    refreshTokenExpiresAt: new Date(NOON + 3_600_000),
  };
  it.each<[string, unknown]>([
    ["a grant of this package", grant],
    ["its JSON", JSON.parse(JSON.stringify(grant))],
    ["a promise of it", Promise.resolve(OURS)],
    ["Telnyx's own body", { data: TELNYX }],
    ["the data of that alone", TELNYX],
    ["an axios response of a grant", { data: OURS, status: 201, headers: {} }],
    ["an axios response of Telnyx's body", { data: { data: TELNYX }, status: 201, headers: {} }],
    ["a Response with a grant", json(201, OURS)],
    ["a Response with Telnyx's body", json(200, { data: TELNYX })],
    ["anything that has ok, status and json()", responseOf(200, { data: TELNYX })],
    ["a result of openapi-fetch", { data: { data: TELNYX }, response: json(201, {}) }],
    ["a grant that has a data of its own", { ...OURS, data: { token: "other" } }],
    ["what has a json() and a status, but no ok", { ...OURS, status: 500, json: () => {} }],
    ["what has an ok and a status, but no json()", { ...OURS, status: 500, ok: true }],
    ["a grant whose refreshToken is null beside Telnyx's spelling", { ...TELNYX, refreshToken: null }],
  ])("%s", async (_, returned) => {
    const session = openOn(() => returned);
    expect(await session.getToken()).toBe(token);
    expect(session.grant).toEqual(OURS);
  });

  it.each([
    ["left out", {}],
    ["null", { refreshToken: null }],
  ])("a grant without a refresh token (%s)", async (_, members) => {
    const session = openOn(() => ({ token, ...members }));
    await session.getToken();
    expect(session.grant).toEqual({ token, tokenExpiresAt: iso(SECS + 600) });
  });

  it.each<[string, () => unknown]>([
    ["undefined", () => undefined],
    ["null", () => null],
    ["a string", () => JSON.stringify(OURS)],
    ["a number", () => 5],
    ["no token", () => ({})],
    ["no token", () => ({ data: { data: { data: OURS } } })],
    ["a token that is not a non-empty string", () => ({ ...OURS, token: "" })],
    ["no tokenExpiresAt", () => ({ token: "opaque" })],
    ["a tokenExpiresAt that is not an RFC 3339 time", () => ({ ...OURS, tokenExpiresAt: "soon" })],
    ["a refreshToken that is not a non-empty string", () => ({ ...OURS, refreshToken: 5 })],
    [
      "a Response whose body was already read",
      () => {
        const response = json(200, OURS);
        response.text();
        return response;
      },
    ],
    [
      "a Response with status 200 whose body is not JSON (a login page?)",
      () => new Response("<html>", { status: 200 }),
    ],
  ])("nothing else: %s", async (found, create) => {
    const session = openOn(create);
    expect(await rejection(session.getToken())).toMatchObject({
      code: "invalid_response",
      message: `create returned ${found}`,
      operation: "create",
      retryable: true,
      attempts: 1,
    });
  });

  it("the status of the Response stands in the error, and the words say which function it was", async () => {
    const server = new Server();
    const session = await openReady(server);
    await sleep(1000);
    server.always = () => json(202, {});
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      message: "refresh returned no token",
      operation: "refresh",
      status: 202,
    });
  });
});

/** How a session counts what its function returned or threw. */
async function errorOf(create: () => unknown) {
  const error = await rejection(openOn(create).getToken());
  expect(error.operation).toBe("create");
  return error;
}

describe("a Response that is not ok", () => {
  it.each<[number, RoomTokenErrorCode, boolean]>([
    [300, "redirect_refused", false],
    [302, "redirect_refused", false],
    [400, "bad_request", false],
    [401, "unauthorized", false],
    [403, "forbidden", false],
    [404, "not_found", false],
    [408, "unexpected_status", true],
    [422, "unprocessable", false],
    [425, "unexpected_status", true],
    [429, "rate_limited", true],
    [500, "server_error", true],
    [501, "server_error", false],
    [503, "server_error", true],
  ])("%i is %s, transient: %s", async (status, code, retryable) => {
    for (const response of [responseOf(status, {}), json(status, {})]) {
      expect(await errorOf(() => response)).toMatchObject({ code, status, retryable, attempts: 1 });
    }
  });

  it("a redirect that a page's fetch did not follow is a refusal", async () => {
    const opaque = { ...responseOf(0, {}), type: "opaqueredirect" };
    const error = await errorOf(() => opaque);
    expect(error).toMatchObject({ code: "redirect_refused", retryable: false });
    expect(error.message).toBe("create failed: redirect, not followed");
  });

  it("one with the status 0 is transient", async () => {
    expect(await errorOf(() => responseOf(0, {}))).toMatchObject({
      code: "connection_failed",
      message: "create failed: a Response with status 0 that is not ok",
      retryable: true,
    });
  });

  it("Telnyx's words in its body are kept, its request id and its Retry-After", async () => {
    const body = { errors: [{ code: "10009", title: "Authentication failed", detail: "No key", meta: {} }] };
    const headers = { "x-request-id": "id-1", "retry-after": "7" };
    expect(await errorOf(() => json(401, body, headers))).toMatchObject({
      message: "create failed: 401 Authentication failed: No key (request id id-1)",
      errors: [{ code: "10009", title: "Authentication failed", detail: "No key" }],
      requestId: "id-1",
      retryAfterMs: 7000,
      bodyText: JSON.stringify(body),
    });
  });

  it("a title of the back end's own is kept, for the user", async () => {
    expect((await errorOf(() => json(403, { title: "You are not invited" }))).errors).toEqual([
      { title: "You are not invited" },
    ]);
  });

  it.each([
    ["HTML", () => new Response("<h1>Bad gateway</h1>", { status: 502 }), "<h1>Bad gateway</h1>"],
    [
      "read already",
      () => Object.assign(json(502, {}), { text: () => Promise.reject(new Error("read")) }),
      "",
    ],
    ["undefined", () => ({ ...responseOf(502, {}), json: async () => undefined }), ""],
  ])("it counts by its status even if its body is %s", async (_, response, bodyText) => {
    expect(await errorOf(response)).toMatchObject({ code: "server_error", status: 502, bodyText });
  });

  it("in a result of openapi-fetch it counts the same, with the words that openapi-fetch read", async () => {
    const response = Object.assign(json(403, {}), { text: () => Promise.reject(new Error("read")) });
    expect(await errorOf(() => ({ error: { title: "Nope" }, response }))).toMatchObject({
      code: "forbidden",
      message: "create failed: 403 Nope",
    });
  });
});

describe("a rejection", () => {
  const HEADERS = { "Content-Type": "application/json", "Retry-After": "20" };
  const libraries: Record<string, (status: number) => object> = {
    "ky, which keeps the Response": (status) => ({ response: json(status, { title: "Nope" }, HEADERS) }),
    "got, whose response has a statusCode": (status) => ({
      response: { statusCode: status, headers: { "retry-after": "20" }, body: "{}" },
    }),
    "axios 0.27, whose headers are a record": (status) => ({
      response: { status, headers: HEADERS, data: { title: "Nope" } },
    }),
    "axios 1, whose headers have get": (status) => ({
      status,
      response: {
        status,
        headers: { get: (name: string) => (name === "retry-after" ? "20" : undefined) },
        data: { title: "Nope" },
      },
    }),
    "superagent, which has the status twice": (status) => ({
      status,
      response: { status, ok: false, headers: { "retry-after": "20" }, text: "{}", body: {} },
    }),
    "ofetch, which has parsed the body": (status) => ({
      status,
      statusCode: status,
      data: { title: "Nope" },
      response: json(status, {}, HEADERS),
    }),
    "a Response itself": (status) => json(status, { title: "Nope" }, HEADERS),
  };
  it.each(Object.entries(libraries))("counts by its response: that of %s", async (_, thrown) => {
    const refused = await errorOf(() => Promise.reject(thrown(403)));
    expect(refused).toMatchObject({ code: "forbidden", status: 403, retryable: false, retryAfterMs: 20_000 });
    const limited = await errorOf(() => Promise.reject(thrown(429)));
    expect(limited).toMatchObject({
      code: "rate_limited",
      status: 429,
      retryable: true,
      retryAfterMs: 20_000,
    });
  });

  it.each(Object.entries(libraries).filter(([name]) => !/got|superagent/.test(name)))(
    "keeps the words of the body: %s",
    async (_, thrown) => {
      expect((await errorOf(() => Promise.reject(thrown(403)))).errors[0]?.title).toBe("Nope");
    },
  );

  it.each<[string, unknown, object]>([
    ["its status", { status: 300 }, { code: "redirect_refused", status: 300, retryable: false }],
    ["its status", { status: 404 }, { code: "not_found", status: 404, retryable: false }],
    ["its status, also as statusCode", { statusCode: 503 }, { code: "server_error", retryable: true }],
    ["its status, whatever retryable says", { status: 403, retryable: true }, { retryable: false }],
    ["its retryable", { retryable: false }, { code: "connection_failed", retryable: false }],
    [
      "its retryable, but not of an invalid response",
      { retryable: false, code: "invalid_response" },
      { retryable: true },
    ],
    ["its retryAfterMs", { status: 429, retryAfterMs: 9000 }, { retryAfterMs: 9000 }],
    [
      "a status that is none as no status",
      { status: "FETCH_ERROR" },
      { code: "connection_failed", retryable: true },
    ],
    [
      "a response that is a success as no response",
      { response: { status: 200 } },
      { code: "connection_failed" },
    ],
  ])("without a response counts by %s", async (_, thrown, expected) => {
    expect(await errorOf(() => Promise.reject(thrown))).toMatchObject(expected);
  });

  it.each([0, -5, Number.POSITIVE_INFINITY, Number.NaN, "soon", {}])(
    "a retryAfterMs of %o is none",
    async (retryAfterMs) => {
      const error = await errorOf(() => Promise.reject({ status: 429, retryAfterMs }));
      expect(error).not.toHaveProperty("retryAfterMs");
    },
  );

  it.each<[string, () => unknown, string]>([
    [
      "a rejected promise",
      () => Promise.reject(new TypeError("Failed to fetch")),
      "create failed: Failed to fetch",
    ],
    [
      "a throw",
      () => {
        throw Object.assign(new Error("fetch failed"), {
          cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
        });
      },
      "create failed: ECONNREFUSED: refused",
    ],
    ["an error without a message", () => Promise.reject(new RangeError()), "create failed: RangeError"],
    ["null", () => Promise.reject(null), "create failed: null, not an error"],
    ["nothing", () => Promise.reject(), "create failed: undefined, not an error"],
  ])("says what is known of %s", async (_, create, message) => {
    expect(await errorOf(create)).toMatchObject({ code: "connection_failed", message, retryable: true });
  });

  it("of a client of this package keeps its code, its words and its request id", async () => {
    const client = new RoomTokenClient({
      apiKey: "KEY0123456789ABCDEF",
      maxRetries: 0,
      fetch: async () =>
        json(
          422,
          { errors: [{ title: "Bad", source: { pointer: "/token_ttl_secs" } }] },
          { "x-request-id": "id-2" },
        ),
    });
    const error = await errorOf(() => client.create("0ccc7b54-4df3-4bca-a65a-3da1ecc777f0"));
    expect(error).toMatchObject({
      code: "unprocessable",
      message: "Creating a room client token failed: 422 Bad (request id id-2)",
      errors: [{ title: "Bad", pointer: "/token_ttl_secs" }],
      requestId: "id-2",
      retryable: false,
    });
    expect(error.bodyText).toContain("Bad");
    expect(await errorOf(() => new RoomTokenClient({ apiKey: null }).create("x"))).toMatchObject({
      code: "invalid_argument",
      retryable: false,
    });
  });

  it("is always a fresh error: the thrown one is not reached from it", async () => {
    const thrown = new RoomTokenError("timeout", "late", { retryable: true, cause: new Error("deep") });
    const error = await errorOf(() => Promise.reject(thrown));
    expect(error).not.toBe(thrown);
    expect(error).toMatchObject({ code: "timeout", message: "late", cause: { message: "late" } });
    expect(error.cause).not.toBe(thrown);
  });
});

describe("what others make is read with care", () => {
  const bomb = () => {
    throw new Error("theirs");
  };
  const hostile = new Proxy(
    {},
    { get: bomb, has: bomb, ownKeys: bomb, getPrototypeOf: bomb, getOwnPropertyDescriptor: bomb },
  );
  const hostileError = Object.defineProperties(new RoomTokenError("not_found", "x"), {
    status: { get: bomb },
    code: { get: bomb },
    message: { get: bomb },
    errors: { value: [hostile] },
    cause: { value: hostile },
  });
  it.each<[string, () => unknown]>([
    ["a rejection that is a proxy whose traps throw", () => Promise.reject(hostile)],
    ["an error of this package whose getters throw", () => Promise.reject(hostileError)],
    ["a rejection with such a response", () => Promise.reject({ response: hostile })],
    ["a returned proxy", () => ({ data: hostile })],
    ["a Response whose ok throws", () => Object.defineProperty(responseOf(200, {}), "status", { get: bomb })],
    ["a Response whose JSON throws", () => ({ ...responseOf(500, {}), json: async () => hostile })],
    ["a Response without headers", () => ({ ...responseOf(500, {}), headers: null })],
    ["a Response whose headers throw", () => ({ ...responseOf(403, {}), headers: { get: bomb } })],
    ["a Response whose headers are a proxy", () => ({ ...responseOf(403, {}), headers: hostile })],
  ])("%s is a failure like any other", async (_, create) => {
    const error = await errorOf(create);
    expect(error).toBeInstanceOf(RoomTokenError);
    expect(error.message).toMatch(/^create (failed: |returned )./);
    expect(error.code).toMatch(/^[a-z_]+$/);
    expect(util.inspect(error, { depth: 9, showHidden: true })).not.toContain("theirs");
  });

  it.each([
    ["throws", { get: bomb }],
    ["returns no text", { get: () => 5 }],
  ])("a header that %s counts as absent", async (_, headers) => {
    const session = openOn(() => ({ ...responseOf(200, OURS), headers }));
    expect(await session.getToken()).toBe(token);
    const refused = await errorOf(() => ({ ...responseOf(403, {}), headers }));
    expect(refused).toMatchObject({ code: "forbidden", status: 403 });
  });
});
