import { describe, expect, it } from "vitest";
import { readBodySchemas } from "./fragment.ts";
import { create, refresh } from "./helpers.ts";
import { Sandbox } from "./index.ts";

const sandbox = new Sandbox();
const key = `Bearer ${sandbox.apiKey}`;

describe("who may call", () => {
  it.each([
    ["no key", ""],
    ["a wrong key", "Bearer wrong"],
    ["another scheme", `Basic ${sandbox.apiKey}`],
    ["a bearer in lower case", key.toLowerCase()],
  ])("a create with %s gets 401, code 10009", async (_, authorization) => {
    const answer = await create(sandbox, { headers: { authorization } });
    expect([answer.status, answer.errors[0]?.code]).toEqual([401, "10009"]);
  });

  it("a refresh needs no key", async () => {
    const { data } = await create(sandbox);
    expect((await refresh(sandbox, data.refresh_token)).status).toBe(201);
  });
});

describe("what is looked for", () => {
  it("an unknown room gets 404, code 10005, on both operations", async () => {
    const roomId = "11111111-2222-4333-8444-555555555555";
    const created = await create(sandbox, { roomId });
    expect([created.status, created.errors[0]?.code]).toEqual([404, "10005"]);
    expect((await refresh(sandbox, "x", { roomId })).status).toBe(404);
  });

  it("an unknown path, a wrong method and a base without /v2 get 404", async () => {
    const path = `/rooms/${sandbox.roomId}/actions/generate_join_client_token`;
    const asked = async (url: string, method: string) => {
      const headers = { authorization: key, "content-type": "application/json" };
      const response = await sandbox.fetch(`http://sandbox.test${url}`, { method, headers, body: "{}" });
      return response.status;
    };
    expect(await asked(`/v2${path}`, "POST")).toBe(201);
    expect(await asked(`/v2${path}`, "PUT")).toBe(404);
    expect(await asked(path, "POST")).toBe(404);
    expect(await asked(`/v2${path}/more`, "POST")).toBe(404);
    expect(await asked("/v2/rooms", "POST")).toBe(404);
  });
});

const schemas = readBodySchemas();
const bounded = [
  ["create", "CreateRoomClientToken", "token_ttl_secs"],
  ["create", "CreateRoomClientToken", "refresh_token_ttl_secs"],
  ["refresh", "RefreshRoomClientToken", "token_ttl_secs"],
] as const;

describe("what may be asked for", () => {
  it.each(bounded)("%s: %s.%s must lie within the fragment's bounds", async (operation, id, member) => {
    const { minimum, maximum } = schemas[id].properties[member] ?? {};
    if (minimum === undefined || maximum === undefined) throw new Error("the fragment states no bounds");
    const { refresh_token } = (await create(sandbox)).data;
    const ask = async (value: unknown) => {
      if (operation === "create") return create(sandbox, { body: { [member]: value } });
      return refresh(sandbox, refresh_token, { body: { refresh_token, [member]: value } });
    };
    expect((await ask(minimum)).status).toBe(201);
    expect((await ask(maximum)).status).toBe(201);
    for (const outside of [minimum - 1, maximum + 1]) {
      const answer = await ask(outside);
      expect([answer.status, answer.errors[0]?.code]).toEqual([422, "10033"]);
      expect(answer.errors[0]?.source?.pointer).toBe(`/${member}`);
    }
    for (const wrong of ["600", 60.5, null, true]) {
      const answer = await ask(wrong);
      expect([answer.status, answer.errors[0]?.code]).toEqual([422, "10015"]);
      expect(answer.errors[0]?.source?.pointer).toBe(`/${member}`);
    }
  });

  it("a refresh without its refresh token gets 422, code 10004, with the pointer to it", async () => {
    const answer = await refresh(sandbox, "", { body: {} });
    expect([answer.status, answer.errors[0]?.code]).toEqual([422, "10004"]);
    expect(answer.errors[0]?.source?.pointer).toBe("/refresh_token");
  });

  it("two faults in one request are two errors", async () => {
    const answer = await create(sandbox, { body: { token_ttl_secs: 9, refresh_token_ttl_secs: 59 } });
    const pointers = answer.errors.map((error) => error.source?.pointer);
    expect(pointers.sort()).toEqual(["/refresh_token_ttl_secs", "/token_ttl_secs"]);
  });

  it.each(["", "[]", "null", "5"])("the body %j is no JSON object and gets 422", async (body) => {
    const answer = await create(sandbox, { body });
    expect([answer.status, answer.errors[0]?.code]).toEqual([422, "10015"]);
  });

  it("a body that is not valid JSON gets 400", async () => {
    const answer = await create(sandbox, { body: "{" });
    expect([answer.status, answer.errors[0]?.code]).toEqual([400, "10015"]);
  });

  it("a body that is not declared as JSON gets 422", async () => {
    expect((await create(sandbox, { headers: { "content-type": "text/plain" } })).status).toBe(422);
  });
});

describe("what every answer carries", () => {
  it("has a new x-request-id, the server's date and the rate-limit headers", async () => {
    const fixed = new Sandbox({ now: () => Date.UTC(2026, 10, 22, 12), settings: { clockOffsetMs: 60_000 } });
    const answers = [await create(fixed), await refresh(fixed, "x")];
    for (const { headers } of answers) {
      expect(headers.get("date")).toBe("Sun, 22 Nov 2026 12:01:00 GMT");
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("x-ratelimit-limit")).toMatch(/^(\d+), \1;w=60$/);
      expect(headers.get("x-ratelimit-reset")).toBe("60");
    }
    expect(answers[0]?.headers.get("x-request-id")).not.toBe(answers[1]?.headers.get("x-request-id"));
  });
});
