import util from "node:util";
import { describe, expect, it } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { RoomTokenError } from "../../src/session/index.ts";
import { errorOf, json, responseOf, setUp, useFakeTime } from "./support.ts";

useFakeTime();

const rejectionOf = (thrown: unknown) => errorOf(() => Promise.reject(thrown));

describe("a rejection", () => {
  const HEADERS = { "Content-Type": "application/json", "Retry-After": "20" };
  const LOWER_CASE = { "retry-after": "20" };
  const get = (name: string) => (name === "retry-after" ? "20" : undefined);
  const data = { title: "Nope" };
  const status = 403;
  it.each<[string, object, string?]>([
    ["ky, which keeps the Response", { response: json(status, data, HEADERS) }, "Nope"],
    ["got, with a statusCode", { response: { statusCode: status, headers: LOWER_CASE, body: "{}" } }],
    ["axios 0.27, with a record of headers", { response: { status, headers: HEADERS, data } }, "Nope"],
    ["axios 1, with headers.get", { status, response: { status, headers: { get }, data } }, "Nope"],
    ["superagent, with a text", { status, response: { status, ok: false, headers: LOWER_CASE, text: "{}" } }],
    ["ofetch, with the body parsed", { status, data, response: json(status, {}, HEADERS) }, "Nope"],
    ["a Response itself", json(status, data, HEADERS), "Nope"],
  ])("counts by its response, and keeps the words of its body: %s", async (_, thrown, title) => {
    const error = await rejectionOf(thrown);
    expect(error).toMatchObject({ code: "forbidden", status, retryable: false, retryAfterMs: 20_000 });
    expect(error.errors[0]?.title).toBe(title);
  });

  it.each<[string, unknown, object]>([
    ["status", { status: 300 }, { code: "redirect_refused", status: 300, retryable: false }],
    ["status", { status: 404 }, { code: "not_found", status: 404, retryable: false }],
    ["status, also as statusCode", { statusCode: 503 }, { code: "server_error", retryable: true }],
    ["status, whatever retryable says", { status: 403, retryable: true }, { retryable: false }],
    ["retryable", { retryable: false }, { code: "connection_failed", retryable: false }],
    ["code", { retryable: false, code: "invalid_response" }, { retryable: true }],
    ["retryAfterMs", { status: 429, retryAfterMs: 9000 }, { retryAfterMs: 9000 }],
    ["absence of a sound status", { status: "FETCH_ERROR" }, { code: "connection_failed", retryable: true }],
    ["absence of an error response", { response: { status: 200 } }, { code: "connection_failed" }],
  ])("without a response counts by its %s", async (_, thrown, expected) => {
    expect(await rejectionOf(thrown)).toMatchObject(expected);
  });

  it.each([0, -5, Infinity, Number.NaN, "soon", {}])("a retryAfterMs of %o is none", async (retryAfterMs) => {
    const error = await rejectionOf({ status: 429, retryAfterMs });
    expect(error).not.toHaveProperty("retryAfterMs");
  });

  const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  it.each<[string, unknown, string]>([
    ["an error", new TypeError("Failed to fetch"), "Failed to fetch"],
    ["an error with a cause", new Error("fetch failed", { cause: refused }), "ECONNREFUSED: refused"],
    ["an error without a message", new RangeError(), "RangeError"],
    ["null", null, "null, not an error"],
    ["nothing", undefined, "undefined, not an error"],
  ])("says what is known of %s, thrown or rejected with", async (_, thrown, message) => {
    const expected = { code: "connection_failed", message: `create failed: ${message}`, retryable: true };
    expect(await rejectionOf(thrown)).toMatchObject(expected);
    const create = () => {
      throw thrown;
    };
    expect(await errorOf(create)).toMatchObject(expected);
  });

  it("of a client of this package keeps its code, its words and its request id", async () => {
    const body = { errors: [{ title: "Bad", source: { pointer: "/token_ttl_secs" } }] };
    const fetch = async () => json(422, body, { "x-request-id": "id-2" });
    const client = new RoomTokenClient({ apiKey: "KEY0123456789ABCDEF", maxRetries: 0, fetch });
    const error = await errorOf(() => client.create("0ccc7b54-4df3-4bca-a65a-3da1ecc777f0"));
    expect(error).toMatchObject({
      code: "unprocessable",
      message: "Creating a room client token failed: 422 Bad (request id id-2)",
      errors: [{ title: "Bad", pointer: "/token_ttl_secs" }],
      requestId: "id-2",
      retryable: false,
    });
    expect(error.bodyText).toContain("Bad");
    const invalid = { code: "invalid_argument", retryable: false };
    expect(await errorOf(() => new RoomTokenClient({ apiKey: null }).create("x"))).toMatchObject(invalid);
  });

  it("is always a fresh error: the thrown one is not reached from it", async () => {
    const thrown = new RoomTokenError("timeout", "late", { retryable: true, cause: new Error("deep") });
    const error = await rejectionOf(thrown);
    expect(error).not.toBe(thrown);
    expect(error).toMatchObject({ code: "timeout", message: "late", cause: { message: "late" } });
    expect(error.cause).not.toBe(thrown);
  });
});

describe("what others make is read with care", () => {
  const bomb = () => {
    throw new Error("theirs");
  };
  const traps = { get: bomb, has: bomb, ownKeys: bomb, getPrototypeOf: bomb, getOwnPropertyDescriptor: bomb };
  const hostile = new Proxy({}, traps);
  const getter = { get: bomb };
  const hostileError = Object.defineProperties(new RoomTokenError("not_found", "x"), {
    status: getter,
    code: getter,
    message: getter,
    errors: { value: [hostile] },
    cause: { value: hostile },
  });
  it.each<[string, () => unknown]>([
    ["a rejection that is a proxy whose traps throw", () => Promise.reject(hostile)],
    ["an error of this package whose getters throw", () => Promise.reject(hostileError)],
    ["a rejection with such a response", () => Promise.reject({ response: hostile })],
    ["a returned proxy", () => ({ data: hostile })],
    ["a Response whose status throws", () => Object.defineProperty(responseOf(200, {}), "status", getter)],
    ["a Response whose JSON throws", () => ({ ...responseOf(500, {}), json: async () => hostile })],
    ["a Response without headers", () => ({ ...responseOf(500, {}), headers: null })],
    ["a Response whose headers are a proxy", () => ({ ...responseOf(403, {}), headers: hostile })],
  ])("%s is a failure like any other", async (_, create) => {
    const error = await errorOf(create);
    expect(error.message).toMatch(/^create (failed: |returned )./);
    expect(error.code).toMatch(/^[a-z_]+$/);
    expect(util.inspect(error, { depth: 9, showHidden: true })).not.toContain("theirs");
  });

  it("says of what cannot be read that it is unreadable", async () => {
    const { message } = await errorOf(() => Promise.reject(hostile));
    expect(message).toBe("create failed: an unreadable object");
  });

  it.each([
    ["throws", { get: bomb }],
    ["returns no text", { get: () => 5 }],
  ])("a header that %s counts as absent", async (_, headers) => {
    const { server, session } = setUp();
    server.next.push(() => ({ ...responseOf(200, server.grant()), headers }));
    expect(await session.getToken()).toMatch(/^ey/);
    const refused = await errorOf(() => ({ ...responseOf(403, {}), headers }));
    expect(refused).toMatchObject({ code: "forbidden", status: 403 });
  });
});
