import { expect, test, vi } from "vitest";
import { type Fetch, RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, errorOf, GRANT_DATA, granted, json, ROOM_ID, rejection } from "./support.ts";

const GRANT = JSON.stringify({ data: GRANT_DATA });

/** What a stub, or a wrapper with a fault, may give in the place of a response. */
test.each([{}, { status: 201 }, { status: 201, headers: {}, text: () => undefined }, undefined])(
  "a fetch that answers %j is a connection_failed, and no TypeError",
  async (nothing) => {
    const error = await errorOf(() => nothing as unknown as Response);
    expect(error).toMatchObject({ name: "RoomTokenError", code: "connection_failed", operation: "create" });
  },
);

const unreadable = () => {
  throw new Error(`secret ${API_KEY}`);
};
test.each<[what: string, headers: unknown]>([
  ["that are missing", undefined],
  ["without a method get", {}],
  ["that throw", { get: unreadable }],
  ...[5, 0, true, {}, ["a"], Symbol("id"), () => "id"].map((value): [string, unknown] => [
    `that are no text but ${typeof value}`,
    { get: () => value },
  ]),
])("headers %s count as absent: they cost neither a grant nor the words of an error", async (_, headers) => {
  const answer = (status: number, body: object) =>
    ({ status, headers, text: async () => JSON.stringify(body) }) as unknown as Response;
  const onAttempt = vi.fn();
  for (const options of [{}, { onAttempt }]) {
    const { client } = clientOn(() => answer(201, { data: GRANT_DATA }), options);
    expect((await client.create(ROOM_ID)).token).toBe(GRANT_DATA.token);
    const error = await errorOf(() => answer(429, { title: `no ${API_KEY}` }), options);
    expect(error).toMatchObject({ code: "rate_limited", errors: [{ title: "no [redacted]" }] });
    expect(error).not.toHaveProperty("requestId");
    expect(error).not.toHaveProperty("retryAfterMs");
  }
  expect(onAttempt.mock.calls).toMatchObject([[{ status: 201 }], [{ status: 429, code: "rate_limited" }]]);
});

test("names that reach a prototype stay plain names, in bodies and in headers", async () => {
  const polluting = `{"__proto__":{"token":"x","polluted":1},"constructor":{"prototype":{"polluted":1}}`;
  for (const text of [
    `${polluting}}`,
    `{"data":${polluting}}}`,
    `{"errors":[${polluting}}]}`,
    `{"data":{"__proto__":${GRANT.slice(8, -1)}}}`,
  ]) {
    for (const status of [201, 403])
      expect(await errorOf(() => new Response(text, { status }))).toMatchObject({ status, errors: [] });
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();

  const headers = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
  const { client, seen } = clientOn(granted, { headers });
  await client.create(ROOM_ID, {}, { headers: JSON.parse('{"__PROTO__":"d"}') });
  expect(Object.entries(seen[0]?.headers ?? {})).toEqual(
    expect.arrayContaining([
      ["__proto__", "d"],
      ["constructor", "b"],
      ["tostring", "c"],
    ]),
  );
});

test("what a fetch does to its init does not reach the next attempt or the next call", async () => {
  const seen: Record<string, string>[] = [];
  const fetch: Fetch = async (_, init) => {
    seen.push({ ...init.headers });
    for (const name of Object.keys(init.headers)) delete init.headers[name];
    init.headers["x-left"] = "1";
    return json(503, {}, { "retry-after": "0" });
  };
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 1 });
  await rejection(client.create(ROOM_ID));
  await rejection(client.create(ROOM_ID));
  expect(seen).toHaveLength(4);
  for (const headers of seen) expect(headers).toEqual(seen[0]);
  expect(seen[0]).toHaveProperty("authorization", `Bearer ${API_KEY}`);
});
