import { describe, expect, it } from "vitest";
import type { RoomTokenGrant } from "../../src/index.ts";
import type { RoomTokenErrorCode } from "../../src/session/index.ts";
import {
  errorOf,
  FORCED,
  iso,
  json,
  jwt,
  NOON,
  openOn,
  rejection,
  responseOf,
  secsOf,
  setUpReady,
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
    ["without a refresh token", {}],
    ["whose refresh token is null", { refreshToken: null }],
    ["whose end is stated later than its token says", { tokenExpiresAt: iso(SECS + 3600) }],
  ])("a grant %s", async (_, members) => {
    const session = openOn(() => ({ token, ...members }));
    await session.getToken();
    expect(session.grant).toEqual({ token, tokenExpiresAt: iso(SECS + 600) });
  });

  const readAlready = json(200, OURS);
  readAlready.text();
  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["a string", JSON.stringify(OURS)],
    ["a number", 5],
    ["no token", {}],
    ["no token", { data: { data: { data: OURS } } }],
    ["a token that is not a non-empty string", { ...OURS, token: "" }],
    ["no tokenExpiresAt", { token: "opaque" }],
    ["a tokenExpiresAt that is not an RFC 3339 time", { ...OURS, tokenExpiresAt: "soon" }],
    ["a refreshToken that is not a non-empty string", { ...OURS, refreshToken: 5 }],
    ["a Response whose body was already read", readAlready],
    ["a Response with status 200 whose body is not JSON (a login page?)", new Response("<html>")],
  ])("nothing else: %s", async (found, returned) => {
    expect(await errorOf(() => returned)).toMatchObject({
      code: "invalid_response",
      message: `create returned ${found}`,
      retryable: true,
      attempts: 1,
    });
  });

  it("the status of the Response stands in the error, and the words say which function it was", async () => {
    const { server, session } = await setUpReady();
    await sleep(1000);
    server.always = () => json(202, {});
    expect(await rejection(session.getToken(FORCED))).toMatchObject({
      message: "refresh returned no token",
      operation: "refresh",
      status: 202,
    });
  });
});

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
    expect(await errorOf(() => ({ ...responseOf(0, {}), type: "opaqueredirect" }))).toMatchObject({
      code: "redirect_refused",
      message: "create failed: redirect, not followed",
      retryable: false,
    });
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

  const rejectText = { text: () => Promise.reject(new Error("read")) };
  it.each<[string, object, string]>([
    ["HTML", new Response("<h1>Bad gateway</h1>", { status: 502 }), "<h1>Bad gateway</h1>"],
    ["read already", Object.assign(json(502, {}), rejectText), ""],
    ["undefined", { ...responseOf(502, {}), json: async () => undefined }, ""],
  ])("it counts by its status even if its body is %s", async (_, response, bodyText) => {
    expect(await errorOf(() => response)).toMatchObject({ code: "server_error", status: 502, bodyText });
  });

  it("in a result of openapi-fetch it counts the same, with the words that openapi-fetch read", async () => {
    const response = Object.assign(json(403, {}), rejectText);
    expect(await errorOf(() => ({ error: { title: "Nope" }, response }))).toMatchObject({
      code: "forbidden",
      message: "create failed: 403 Nope",
    });
  });
});
