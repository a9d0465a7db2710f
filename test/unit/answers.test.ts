import { expect, test } from "vitest";
import { isRoomTokenError, type RoomTokenError } from "../../src/index.ts";
import { clientOn, GRANT_DATA, json, ROOM_ID, rejection } from "./support.ts";

async function errorOf(answer: Response, options = {}): Promise<RoomTokenError> {
  const error = await rejection(clientOn(() => answer, options).client.create(ROOM_ID));
  if (!isRoomTokenError(error)) throw error;
  return error;
}

const CODES: [status: number, code: string, retryable: boolean][] = [
  [400, "bad_request", false],
  [401, "unauthorized", false],
  [402, "unexpected_status", false],
  [403, "forbidden", false],
  [404, "not_found", false],
  [408, "unexpected_status", true],
  [409, "conflict", false],
  [410, "unexpected_status", false],
  [422, "unprocessable", false],
  [425, "unexpected_status", true],
  [429, "rate_limited", true],
  [500, "server_error", true],
  [501, "server_error", false],
  [502, "server_error", true],
  [503, "server_error", true],
  [599, "server_error", true],
];

test.each(CODES)(
  "status %i is the code %s, retryable %s, whatever the body says",
  async (status, code, retryable) => {
    for (const body of [{ errors: [{ code: "10009", title: "T" }] }, { code: "403", title: "T" }, {}]) {
      expect(await errorOf(json(status, body))).toMatchObject({
        status,
        code,
        retryable,
        operation: "create",
      });
    }
  },
);

test("Telnyx's words come out of all three of its shapes, and a numeric code becomes text", async () => {
  const full = {
    code: 10015,
    title: "Bad",
    detail: "Really",
    source: { pointer: "/token_ttl_secs" },
    meta: {},
  };
  const expected = [{ code: "10015", title: "Bad", detail: "Really", pointer: "/token_ttl_secs" }];
  expect((await errorOf(json(422, { errors: [full] }))).errors).toEqual(expected);
  expect((await errorOf(json(403, full))).errors).toEqual(expected);
  const flat = await errorOf(json(400, { success: false, message: "no such room" }));
  expect(flat.errors).toEqual([{ detail: "no such room" }]);
  expect(flat.message).toBe("Creating a room client token failed: 400 no such room");
  const empty = await errorOf(json(400, { title: null, detail: null, message: "no such room" }));
  expect(empty.errors).toEqual(flat.errors);
});

test("an empty request id counts as none", async () => {
  const error = await errorOf(json(403, {}, { "x-request-id": "", "request-id": "old" }));
  expect(error.requestId).toBe("old");
  expect(await errorOf(json(403, {}, { "x-request-id": "" }))).not.toHaveProperty("requestId");
});

test("the message says what failed, the status, title and detail, and the request id", async () => {
  const body = { errors: [{ code: "10009", title: "Authentication failed", detail: "No such key" }] };
  const error = await errorOf(json(401, body, { "x-request-id": "abc-1" }));
  expect(error.requestId).toBe("abc-1");
  expect(error.message).toBe(
    "Creating a room client token failed: 401 Authentication failed: No such key (request id abc-1)",
  );
  expect((await errorOf(json(401, {}, { "request-id": "old-2" }))).requestId).toBe("old-2");
});

test.each([
  "",
  "<h1>Bad gateway</h1>",
  "null",
  "[]",
  "5",
  '"x"',
  '{"errors":5}',
  '{"errors":[null,5,{"code":{}}]}',
  "{",
])("a refusal with the body %j has no words, and the same code", async (body) => {
  const error = await errorOf(new Response(body, { status: 403 }));
  expect(error).toMatchObject({ code: "forbidden", errors: [], bodyText: body });
});

test("a long answer cannot flood an error", async () => {
  const many = Array.from({ length: 500 }, () => ({ title: "t".repeat(1500) }));
  const error = await errorOf(json(400, { errors: many }, { "x-request-id": "r".repeat(5000) }));
  expect(error.errors).toHaveLength(20);
  expect(error.errors[0]?.title).toHaveLength(1000);
  expect(error.bodyText).toHaveLength(1000);
  expect(error.message.length).toBeLessThan(2200);
});

const UNUSABLE: [body: string, problem: string][] = [
  ["", "no JSON object with data"],
  ["<html>", "no JSON object with data"],
  ["{}", "no JSON object with data"],
  ['{"data":null}', "no JSON object with data"],
  ['{"data":"x"}', "no JSON object with data"],
  ['{"data":{}}', "no token"],
  [JSON.stringify({ data: { ...GRANT_DATA, token: "" } }), "a token that is not a non-empty string"],
  [JSON.stringify({ data: { ...GRANT_DATA, token: 5 } }), "a token that is not a non-empty string"],
  [
    JSON.stringify({ data: { ...GRANT_DATA, token_expires_at: "soon" } }),
    "a token_expires_at that is not an RFC 3339 time",
  ],
  [JSON.stringify({ data: { ...GRANT_DATA, token_expires_at: undefined } }), "no token_expires_at"],
  [
    JSON.stringify({ data: { ...GRANT_DATA, token_expires_at: {} } }),
    "a token_expires_at that is not an RFC 3339 time",
  ],
  [
    JSON.stringify({ data: { ...GRANT_DATA, token_expires_at: 1790000000 } }),
    "a token_expires_at that is not an RFC 3339 time",
  ],
  [JSON.stringify({ data: { ...GRANT_DATA, refresh_token: null } }), "a refresh_token that is not"],
  [
    JSON.stringify({ data: { ...GRANT_DATA, refresh_token_expires_at: "" } }),
    "a refresh_token_expires_at that is",
  ],
];

test.each(UNUSABLE)(
  "a 201 of %j is an invalid_response that names the problem and no token",
  async (body, problem) => {
    const error = await errorOf(new Response(body, { status: 201, headers: { "x-request-id": "abc" } }));
    expect(error).toMatchObject({
      code: "invalid_response",
      status: 201,
      requestId: "abc",
      retryable: false,
    });
    expect(error.message).toContain(problem);
    expect(`${error.message}${error.bodyText}`).not.toContain("CANARY");
  },
);

test("any 2xx with a grant is a success, and members that nobody knows are ignored", async () => {
  for (const status of [200, 201, 299]) {
    const { client } = clientOn(() => json(status, { data: { ...GRANT_DATA, region: "eu" }, meta: {} }));
    expect(Object.keys(await client.create(ROOM_ID))).toHaveLength(4);
  }
});

const TIMES: [text: string, expected: string][] = [
  ["2026-11-22T10:10:00Z", "2026-11-22T10:10:00.000Z"],
  ["2026-11-22t10:10:00z", "2026-11-22T10:10:00.000Z"],
  ["2026-11-22 10:10:00+02:00", "2026-11-22T08:10:00.000Z"],
  ["2026-11-22T10:10:00", "2026-11-22T10:10:00.000Z"],
  ["2026-11-22T10:10:00.123456789Z", "2026-11-22T10:10:00.123Z"],
  ["2028-02-29T10:10:00Z", "2028-02-29T10:10:00.000Z"],
  // A leap second is read as the next one.
  ["2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000Z"],
  ["2026-12-31T23:59:60.9Z", "2027-01-01T00:00:00.000Z"],
  ["2027-01-01T05:29:60+05:30", "2027-01-01T00:00:00.000Z"],
  // The first and the last second that a time can have.
  ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
  ["9999-12-31T22:59:59-01:00", "9999-12-31T23:59:59.000Z"],
];

const answerWithTime = (text: string) => json(201, { data: { ...GRANT_DATA, token_expires_at: text } });

test.each(TIMES)("the time %s is read as %s", async (text, expected) => {
  const grant = await clientOn(() => answerWithTime(text)).client.create(ROOM_ID);
  expect(grant.tokenExpiresAt.toISOString()).toBe(expected);
});

test.each([
  "2026-11-22T10:60:10Z",
  "2026-11-22T10:10:0099Z",
  "2026-11-22T10:10:00.Z",
  "2026-11-22",
  "2026-13-22T10:10:00Z",
  "Sun, 22 Nov 2026 10:10:00 GMT",
  "12026-11-22T10:10:00Z",
  "2026-11-22T10:10:00ZZ",
  "2027-02-29T10:10:00Z",
  "2026-02-31T10:10:00Z",
  "2026-04-31T10:10:00Z",
  "2026-00-01T10:10:00Z",
  "2026-11-22T24:00:00Z",
  "2026-11-22T10:60:00Z",
  "2026-11-22T99:10:00Z",
  "2026-11-22T10:10:60Z",
  "2026-11-22T10:59:60Z",
  "2026-11-22T23:10:60Z",
  "2026-11-22T23:59:61Z",
  "9999-12-31T23:59:59-01:00",
  "9999-12-31T23:59:60Z",
  "0000-01-01T00:00:00+01:00",
])("%s is not an RFC 3339 time, and the error says so", async (text) => {
  const error = await errorOf(answerWithTime(text));
  expect(error.code).toBe("invalid_response");
  expect(error.message).toContain("a token_expires_at that is not an RFC 3339 time");
});

test("a redirect is refused, be it seen as a status or, in a page, as an opaque answer", async () => {
  for (const status of [300, 301, 302, 303, 304, 307, 308]) {
    const error = await errorOf(
      new Response(null, { status, headers: { location: "https://other.example/" } }),
    );
    expect(error).toMatchObject({ code: "redirect_refused", status, retryable: false });
  }
  const opaque = Object.defineProperties(new Response(null), {
    type: { value: "opaqueredirect" },
    status: { value: 0 },
  });
  expect(await errorOf(opaque)).toMatchObject({ code: "redirect_refused", status: 0 });
});

test("a list is neither a time nor a token, though as a string it would look like one", async () => {
  for (const change of [{ token_expires_at: ["2026-11-22T10:10:00Z"] }, { token: ["CANARY"] }]) {
    expect(await errorOf(json(201, { data: { ...GRANT_DATA, ...change } }))).toMatchObject({
      code: "invalid_response",
    });
  }
});

test("the statuses 0 and 399, which HTTP does not define, have a code too", async () => {
  expect(await errorOf(Response.error())).toMatchObject({ code: "unexpected_status", status: 0 });
  expect(await errorOf(new Response(null, { status: 399 }))).toMatchObject({ code: "redirect_refused" });
});
