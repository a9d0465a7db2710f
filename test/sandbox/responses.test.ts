import { expect, it } from "vitest";
import { LIMITS } from "../../generated/limits.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { create, OTHER_ROOM, refresh } from "./helpers.ts";

// Which status a body gets is shown by test/contract, beside Prism.

const standIn = new StandIn();
const key = `Bearer ${standIn.apiKey}`;

it.each(["", "Bearer wrong", `Basic ${standIn.apiKey}`, key.toLowerCase()])(
  "a create with the authorization %j gets 401, code 10009",
  async (authorization) => {
    const response = await create(standIn, { headers: { authorization } });
    expect(response).toMatchObject({ status: 401, errors: [{ code: "10009" }] });
  },
);

it("an unknown room gets 404, code 10005, on both operations", async () => {
  const created = await create(standIn, { roomId: OTHER_ROOM });
  expect(created).toMatchObject({ status: 404, errors: [{ code: "10005" }] });
  expect((await refresh(standIn, "x", { roomId: OTHER_ROOM })).status).toBe(404);
});

const CREATE = `rooms/${standIn.roomId}/actions/generate_join_client_token`;

it.each([
  ["POST", `/v2/${CREATE}`, 201],
  ["PUT", `/v2/${CREATE}`, 404],
  ["POST", `/${CREATE}`, 404],
  ["POST", "/v2/rooms", 404],
  ["POST", "/v2/rooms/lobby/actions/refresh_client_token", 404],
  ["POST", "/v2/rooms/x/constructor", 404],
])("%s %s gets %d, a 404 with words about the path", async (method, path, status) => {
  const headers = { authorization: key, "content-type": "application/json" };
  const response = await standIn.fetch(`http://telnyx.test${path}`, { method, headers, body: "{}" });
  expect(response.status).toBe(status);
  expect((await response.text()).includes("the base URL ends in /v2")).toBe(status === 404);
});

it.each([
  ["create", "token_ttl_secs", LIMITS.create.token_ttl_secs],
  ["create", "refresh_token_ttl_secs", LIMITS.create.refresh_token_ttl_secs],
  ["refresh", "token_ttl_secs", LIMITS.refresh.token_ttl_secs],
] as const)(
  "%s: %s out of the fragment's bounds is named with its pointer",
  async (operation, member, { minimum, maximum }) => {
    const { refresh_token } = (await create(standIn)).data;
    const request = async (value: unknown) => {
      if (operation === "create") return create(standIn, { body: { [member]: value } });
      return refresh(standIn, refresh_token, { body: { refresh_token, [member]: value } });
    };
    for (const value of [minimum, maximum]) expect((await request(value)).status).toBe(201);
    for (const [value, code] of [
      [minimum - 1, "10033"],
      [maximum + 1, "10033"],
      ["600", "10015"],
      [null, "10015"],
    ]) {
      const { status, errors } = await request(value);
      expect(status).toBe(422);
      expect(errors).toEqual([expect.objectContaining({ code, source: { pointer: `/${member}` } })]);
    }
  },
);

it("a refresh without its refresh token gets 422, code 10004, with the pointer to it", async () => {
  const response = await refresh(standIn, "", { body: {} });
  const errors = [{ code: "10004", source: { pointer: "/refresh_token" } }];
  expect(response).toMatchObject({ status: 422, errors });
});

it("two mistakes in one request are two errors", async () => {
  const response = await create(standIn, { body: { token_ttl_secs: 9, refresh_token_ttl_secs: 59 } });
  const pointers = response.errors.map((error) => error.source?.pointer);
  expect(pointers.sort()).toEqual(["/refresh_token_ttl_secs", "/token_ttl_secs"]);
});

it("every response has a new x-request-id, the date of the sandbox's clock, and the rate-limit headers", async () => {
  const fixed = new StandIn({ now: () => Date.UTC(2026, 10, 22, 12) });
  fixed.advance(60_000);
  const ids = new Set<string | null>();
  for (const { headers } of [await create(fixed), await refresh(fixed, "x")]) {
    expect(headers.get("date")).toBe("Sun, 22 Nov 2026 12:01:00 GMT");
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get("x-ratelimit-limit")).toMatch(/^(\d+), \1;w=60$/);
    expect(headers.get("x-ratelimit-reset")).toBe("60");
    ids.add(headers.get("x-request-id"));
  }
  expect(ids.size).toBe(2);
});
