import { expect, test } from "vitest";
import type { RoomTokenError } from "../../src/index.ts";
import { clientOn, errorOf, json, ROOM_ID, rejection } from "./support.ts";

const CODES: [code: string, requests: number, statuses: number[]][] = [
  ["bad_request", 1, [400]],
  ["unauthorized", 1, [401]],
  ["forbidden", 1, [403]],
  ["not_found", 1, [404]],
  ["conflict", 1, [409]],
  ["unprocessable", 1, [422]],
  ["redirect_refused", 1, [300, 301, 302, 303, 307, 308, 399]],
  ["unexpected_status", 1, [402, 405, 410, 424, 426, 428, 431, 451]],
  ["unexpected_status", 3, [408, 425]],
  ["rate_limited", 3, [429]],
  ["server_error", 3, [500, 502, 503, 504, 599]],
  ["server_error", 1, [501]],
];
const STATUSES = CODES.flatMap(([code, requests, statuses]) =>
  statuses.map((status) => ({ status, code, requests })),
);

test.each(STATUSES)(
  "status $status is the code $code after $requests requests, whatever the body says",
  async ({ status, code, requests }) => {
    for (const body of [{ errors: [{ code: "10009", title: "T" }] }, { code: "403", title: "T" }, {}]) {
      const answer = () => json(status, body, { "retry-after": "0" });
      const { client, seen } = clientOn(answer, { maxRetries: undefined });
      const error = (await rejection(client.create(ROOM_ID))) as RoomTokenError;
      const retryable = requests > 1;
      expect(error).toMatchObject({ status, code, retryable, operation: "create", attempts: requests });
      expect(error.retryAfterMs).toBe(retryable ? 0 : undefined);
      expect(seen).toHaveLength(requests);
    }
  },
);

const WORDS = { errors: [{ code: "10009", title: "Authentication failed", detail: "No such key" }] };
/** A redirect as a page sees it. */
const hidden = () =>
  Object.defineProperties(new Response(null), { type: { value: "opaqueredirect" }, status: { value: 0 } });

test.each<[answer: string, give: () => Response, code: string, message: string]>([
  ["words", () => json(401, WORDS), "unauthorized", "401 Authentication failed: No such key"],
  ["a request id", () => json(403, {}, { "x-request-id": "a-1" }), "forbidden", "403 (request id a-1)"],
  ["nothing", () => new Response("", { status: 403 }), "forbidden", "403"],
  ["a redirect", () => new Response(null, { status: 307 }), "redirect_refused", "307 redirect, not followed"],
  ["a redirect that a page hides", hidden, "redirect_refused", "redirect, not followed"],
  ["a response of a fetch that failed", () => Response.error(), "unexpected_status", "0"],
])("the message of an answer with %s has its status and its words", async (_, give, code, message) => {
  const error = await errorOf(give);
  expect(error).toMatchObject({ code, message: `Creating a room client token failed: ${message}` });
});

test("Telnyx's words come out of all three of its shapes, and a numeric code becomes text", async () => {
  const full = { code: 10015, title: "Bad", detail: "Really", source: { pointer: "/ttl" }, meta: {} };
  const expected = [{ code: "10015", title: "Bad", detail: "Really", pointer: "/ttl" }];
  expect((await errorOf(() => json(422, { errors: [full] }))).errors).toEqual(expected);
  expect((await errorOf(() => json(403, full))).errors).toEqual(expected);
  for (const more of [{ success: false }, { title: null, detail: null }]) {
    const error = await errorOf(() => json(400, { ...more, message: "no such room" }));
    expect(error.errors).toEqual([{ detail: "no such room" }]);
    expect(error.message).toBe("Creating a room client token failed: 400 no such room");
  }
});

test.each([
  [{ "x-request-id": "new", "request-id": "old" }, "new"],
  [{ "x-request-id": "", "request-id": "old" }, "old"],
  [{ "request-id": "old" }, "old"],
  [{ "x-request-id": "" }, undefined],
])("of the headers %j the request id is %s", async (headers, requestId) => {
  const error = await errorOf(() => json(403, {}, headers as Record<string, string>));
  expect(error.requestId).toBe(requestId);
  expect("requestId" in error).toBe(requestId !== undefined);
});

test.each([
  ...["", "<h1>Bad gateway</h1>", "null", "[]", "5", '"x"', "{"],
  ...['{"errors":5}', '{"errors":null}', '{"errors":[null,5,{"code":{}}]}'],
])("an error response with the body %j has no words, and the same code", async (body) => {
  const error = await errorOf(() => new Response(body, { status: 403 }));
  expect(error).toMatchObject({ code: "forbidden", errors: [], bodyText: body });
});

test("a long answer cannot flood an error", async () => {
  const many = Array.from({ length: 500 }, () => ({ title: "t".repeat(1500) }));
  const error = await errorOf(() => json(400, { errors: many }, { "x-request-id": "r".repeat(5000) }));
  expect(error.errors).toHaveLength(20);
  expect(error.errors[0]?.title).toHaveLength(1000);
  expect(error.bodyText).toHaveLength(1000);
  expect(error.message.length).toBeLessThan(2200);
});
