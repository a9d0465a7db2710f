/** What a request is made of: by the parameters, the options and the environment. */
import { afterEach, expect, test, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { RoomTokenClient } from "../../src/index.ts";
import { VERSION } from "../../src/lib/platform.ts";
import { API_KEY, clientOn, granted, json, REFRESH_TOKEN, ROOM_ID } from "./support.ts";

afterEach(() => void vi.unstubAllEnvs());

const baseUrl = "https://api.example";

test("the version in the User-Agent is that of the package", () => {
  expect(VERSION).toBe(packageJson.version);
});

test("create sends the key, the parameters by Telnyx's names, and nothing else", async () => {
  const { client, seen } = clientOn(granted, { baseUrl });
  const grant = await client.create(ROOM_ID, { tokenTtlSecs: 600, refreshTokenTtlSecs: 3600 });
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    url: `https://api.example/rooms/${ROOM_ID}/actions/generate_join_client_token`,
    method: "POST",
    body: { token_ttl_secs: 600, refresh_token_ttl_secs: 3600 },
  });
  expect(seen[0]?.headers).toEqual({
    accept: "application/json",
    "content-type": "application/json",
    authorization: `Bearer ${API_KEY}`,
    "user-agent": `telnyx-room-tokens/${VERSION}`,
  });
  expect(grant).toEqual({
    token: "CANARY-token",
    tokenExpiresAt: new Date("2026-11-22T10:10:00Z"),
    refreshToken: "CANARY-refresh",
    refreshTokenExpiresAt: new Date("2026-11-22T11:00:00Z"),
  });
});

test("refresh sends the refresh token in the body, and never an Authorization, whatever is configured", async () => {
  vi.stubEnv("TELNYX_API_KEY", API_KEY);
  const refreshed = () => json(201, { data: { token: "t", token_expires_at: "2026-11-22T10:10:00Z" } });
  const askedForKey = vi.fn(() => API_KEY);
  for (const apiKey of [API_KEY, askedForKey, null, undefined]) {
    const { client, seen } = clientOn(refreshed, { apiKey, baseUrl });
    const fresh = await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN, tokenTtlSecs: 60 });
    expect(fresh).toEqual({ token: "t", tokenExpiresAt: new Date("2026-11-22T10:10:00Z") });
    expect(seen[0]).toMatchObject({
      url: `https://api.example/rooms/${ROOM_ID}/actions/refresh_client_token`,
      method: "POST",
      body: { refresh_token: REFRESH_TOKEN, token_ttl_secs: 60 },
    });
    expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual(["accept", "content-type", "user-agent"]);
  }
  expect(askedForKey).not.toHaveBeenCalled();
});

test("parameters that are left out or undefined are not in the body, which is an object still", async () => {
  const { client, seen } = clientOn(granted);
  await client.create(ROOM_ID);
  await client.create(ROOM_ID, { tokenTtlSecs: undefined, refreshTokenTtlSecs: undefined });
  expect(seen.map(({ body }) => body)).toEqual([{}, {}]);
});

test.each([
  [undefined, undefined, "https://api.telnyx.com/v2"],
  [undefined, " http://127.0.0.1:9/ ", "http://127.0.0.1:9"],
  ["https://h", "http://elsewhere", "https://h"],
])("the base URL of the option %s and the environment's %s is %s", async (option, variable, expected) => {
  vi.stubEnv("TELNYX_BASE_URL", variable);
  const { client, seen } = clientOn(granted, { baseUrl: option });
  await client.create(ROOM_ID);
  expect(seen[0]?.url).toMatch(`${expected}/rooms/`);
});

test("a base URL of the environment that cannot be one is refused under the variable's name", () => {
  vi.stubEnv("TELNYX_BASE_URL", "http://elsewhere");
  expect(() => new RoomTokenClient()).toThrow(/^TELNYX_BASE_URL must be /);
});

test("headers of the call win over those of the client, and those over the defaults, in any case; undefined ones are left out", async () => {
  const { client, seen } = clientOn(granted, {
    headers: { "User-Agent": "mine", "X-A": "client", "x-b": "client", "x-c": undefined },
  });
  const headers = { "x-a": "call", "X-B": undefined, "x-d": undefined };
  await client.create(ROOM_ID, {}, { headers });
  const { accept, authorization, "content-type": type, ...further } = seen[0]?.headers ?? {};
  expect(further).toEqual({ "user-agent": "mine", "x-a": "call", "x-b": "client" });
});

test("options are read once: changing them later changes nothing", async () => {
  const options = { apiKey: API_KEY, headers: { "x-a": "1" }, baseUrl: "https://a.example" };
  const { client, seen } = clientOn(granted, options);
  Object.assign(options, { apiKey: "OTHER", baseUrl: "https://b.example" });
  options.headers["x-a"] = "2";
  await client.create(ROOM_ID);
  expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${API_KEY}`, "x-a": "1" });
  expect(seen[0]?.url).toMatch(/^https:\/\/a\.example/);
});
