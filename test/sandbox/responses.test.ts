import { describe, expect, it } from "vitest";
import { LIMITS } from "../../generated/limits.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { create, OTHER_ROOM, refresh } from "./helpers.ts";

// Which status a body gets is shown by test/contract, beside Prism.

const standIn = new StandIn();
const key = `Bearer ${standIn.apiKey}`;

describe("who may call", () => {
  it.each([
    ["no key", ""],
    ["a wrong key", "Bearer wrong"],
    ["another scheme", `Basic ${standIn.apiKey}`],
    ["a bearer in lower case", key.toLowerCase()],
  ])("a create with %s gets 401, code 10009", async (_, authorization) => {
    const response = await create(standIn, { headers: { authorization } });
    expect([response.status, response.errors[0]?.code]).toEqual([401, "10009"]);
  });

  it("a refresh needs no key", async () => {
    const { data } = await create(standIn);
    expect((await refresh(standIn, data.refresh_token)).status).toBe(201);
  });
});

describe("what there is", () => {
  it("an unknown room gets 404, code 10005, on both operations", async () => {
    const created = await create(standIn, { roomId: OTHER_ROOM });
    expect([created.status, created.errors[0]?.code]).toEqual([404, "10005"]);
    expect((await refresh(standIn, "x", { roomId: OTHER_ROOM })).status).toBe(404);
  });

  it.each([
    ["POST", "", 404],
    ["PUT", "/v2", 404],
    ["POST", "/v2", 201],
  ])("%s with the base path %j gets %d", async (method, base, status) => {
    const path = `${base}/rooms/${standIn.roomId}/actions/generate_join_client_token`;
    const headers = { authorization: key, "content-type": "application/json" };
    const response = await standIn.fetch(`http://telnyx.test${path}`, { method, headers, body: "{}" });
    expect(response.status).toBe(status);
  });

  it.each(["/v2/rooms", "/v2/rooms/lobby/actions/refresh_client_token", "/v2/rooms/x/constructor"])(
    "%s gets 404 with words about the path",
    async (path) => {
      const response = await standIn.fetch(`http://telnyx.test${path}`, { method: "POST" });
      expect(response.status).toBe(404);
      expect(await response.text()).toContain("the base URL ends in /v2");
    },
  );
});

describe("what may be requested", () => {
  it.each([
    ["create", "token_ttl_secs", LIMITS.create.token_ttl_secs],
    ["create", "refresh_token_ttl_secs", LIMITS.create.refresh_token_ttl_secs],
    ["refresh", "token_ttl_secs", LIMITS.refresh.token_ttl_secs],
  ] as const)(
    "%s: %s out of the fragment's bounds is named with its pointer",
    async (operation, member, limits) => {
      const { refresh_token } = (await create(standIn)).data;
      const request = async (value: unknown) => {
        if (operation === "create") return create(standIn, { body: { [member]: value } });
        return refresh(standIn, refresh_token, { body: { refresh_token, [member]: value } });
      };
      expect((await request(limits.minimum)).status).toBe(201);
      expect((await request(limits.maximum)).status).toBe(201);
      for (const [value, code] of [
        [limits.minimum - 1, "10033"],
        [limits.maximum + 1, "10033"],
        ["600", "10015"],
        [null, "10015"],
      ]) {
        const response = await request(value);
        expect(response.status).toBe(422);
        expect(response.errors).toEqual([
          expect.objectContaining({ code, source: { pointer: `/${member}` } }),
        ]);
      }
    },
  );

  it("a refresh without its refresh token gets 422, code 10004, with the pointer to it", async () => {
    const response = await refresh(standIn, "", { body: {} });
    expect([response.status, response.errors[0]?.code]).toEqual([422, "10004"]);
    expect(response.errors[0]?.source?.pointer).toBe("/refresh_token");
  });

  it("two mistakes in one request are two errors", async () => {
    const response = await create(standIn, { body: { token_ttl_secs: 9, refresh_token_ttl_secs: 59 } });
    const pointers = response.errors.map((error) => error.source?.pointer);
    expect(pointers.sort()).toEqual(["/refresh_token_ttl_secs", "/token_ttl_secs"]);
  });
});

it("every response has a new x-request-id, the date of the sandbox's clock, and the rate-limit headers", async () => {
  const fixed = new StandIn({ now: () => Date.UTC(2026, 10, 22, 12) });
  fixed.advance(60_000);
  const responses = [await create(fixed), await refresh(fixed, "x")];
  for (const { headers } of responses) {
    expect(headers.get("date")).toBe("Sun, 22 Nov 2026 12:01:00 GMT");
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get("x-ratelimit-limit")).toMatch(/^(\d+), \1;w=60$/);
    expect(headers.get("x-ratelimit-reset")).toBe("60");
  }
  expect(responses[0]?.headers.get("x-request-id")).not.toBe(responses[1]?.headers.get("x-request-id"));
});
