import { afterEach, expect, test, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { RoomTokenClient } from "../../src/index.ts";
import { VERSION } from "../../src/lib/platform.ts";
import { API_KEY, clientOn, granted, json, REFRESH_TOKEN, ROOM_ID, rejection, stubFetch } from "./support.ts";

afterEach(() => void vi.unstubAllEnvs());
afterEach(() => void vi.unstubAllGlobals());

const refreshed = () => json(201, { data: { token: "t", token_expires_at: "2026-11-22T10:10:00Z" } });

test("the version in the User-Agent is that of the package", () => {
  expect(VERSION).toBe(packageJson.version);
});

test("create sends the key, the parameters by Telnyx's names, and nothing else", async () => {
  const { client, seen } = clientOn(granted, { baseUrl: "https://api.example" });
  const grant = await client.create(ROOM_ID, { tokenTtlSecs: 600, refreshTokenTtlSecs: 3600 });
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    url: `https://api.example/rooms/${ROOM_ID}/actions/generate_join_client_token`,
    method: "POST",
    body: { token_ttl_secs: 600, refresh_token_ttl_secs: 3600 },
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      authorization: `Bearer ${API_KEY}`,
      "user-agent": `telnyx-room-tokens/${VERSION}`,
    },
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
  const askedForKey = vi.fn(() => API_KEY);
  for (const apiKey of [API_KEY, askedForKey, null, undefined]) {
    const { client, seen } = clientOn(refreshed, { apiKey, baseUrl: "https://api.example" });
    const fresh = await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN, tokenTtlSecs: 60 });
    expect(fresh).toEqual({ token: "t", tokenExpiresAt: new Date("2026-11-22T10:10:00Z") });
    expect(seen[0]).toMatchObject({
      url: `https://api.example/rooms/${ROOM_ID}/actions/refresh_client_token`,
      method: "POST",
      body: { refresh_token: REFRESH_TOKEN, token_ttl_secs: 60 },
    });
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain("authorization");
  }
  expect(askedForKey).not.toHaveBeenCalled();
});

const INIT_MEMBERS = ["body", "headers", "method", "redirect", "signal"];

test("the request init has no more members than every runtime takes, and forbids storing a token", async () => {
  const { client, seen } = clientOn(granted);
  await client.create(ROOM_ID);
  expect(Object.keys(seen[0]?.init ?? {}).sort()).toEqual([...INIT_MEMBERS, "cache"].sort());
  expect(seen[0]?.init).toMatchObject({ redirect: "manual", cache: "no-store" });
});

test.each([
  ["there is no Request", undefined],
  ["Request knows no cache mode", class {}],
])("where %s, as in older workers, the cache mode is left out", async (_, platformRequest) => {
  vi.stubGlobal("Request", platformRequest);
  vi.resetModules(); // the platform is looked at once
  const { RoomTokenClient: Client } = await import("../../src/index.ts");
  const { fetch, seen } = stubFetch(granted);
  await new Client({ apiKey: API_KEY, fetch }).create(ROOM_ID);
  vi.unstubAllGlobals();
  expect(Object.keys(seen[0]?.init ?? {}).sort()).toEqual(INIT_MEMBERS);
});

test("parameters that are left out or undefined are not in the body, which is an object still", async () => {
  const { client, seen } = clientOn(granted);
  await client.create(ROOM_ID);
  await client.create(ROOM_ID, { tokenTtlSecs: undefined, refreshTokenTtlSecs: undefined });
  expect(seen.map(({ body }) => body)).toEqual([{}, {}]);
});

test("without a key create is refused before any request, and refresh works", async () => {
  vi.stubEnv("TELNYX_API_KEY", " \t");
  const { client, seen } = clientOn(refreshed, { apiKey: undefined });
  expect(await rejection(client.create(ROOM_ID))).toMatchObject({
    code: "missing_api_key",
    operation: "create",
  });
  expect(seen).toEqual([]);
  await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
  expect(seen).toHaveLength(1);
});

test("the environment's key is trimmed, and read only where the option is undefined", async () => {
  vi.stubEnv("TELNYX_API_KEY", ` ${API_KEY}\n`);
  const fromEnvironment = clientOn(granted, { apiKey: undefined });
  await fromEnvironment.client.create(ROOM_ID);
  expect(fromEnvironment.seen[0]?.headers["authorization"]).toBe(`Bearer ${API_KEY}`);
  const own = clientOn(granted, { apiKey: "OTHER" });
  await own.client.create(ROOM_ID);
  expect(own.seen[0]?.headers["authorization"]).toBe("Bearer OTHER");
  const none = clientOn(granted, { apiKey: null });
  expect(await rejection(none.client.create(ROOM_ID))).toMatchObject({ code: "missing_api_key" });
});

test("a key of the environment that cannot be one is refused under the variable's name", () => {
  vi.stubEnv("TELNYX_API_KEY", "Bearer CANARY");
  expect(() => new RoomTokenClient()).toThrow(/^TELNYX_API_KEY must be (?!.*CANARY)/);
});

test("an empty key is refused as an option, and counts as none in the environment", () => {
  expect(() => new RoomTokenClient({ apiKey: "" })).toThrow("apiKey must be a key, not an empty string");
  vi.stubEnv("TELNYX_API_KEY", "");
  expect(() => new RoomTokenClient()).not.toThrow();
});

test("the environment's base URL stands between the option and the default", async () => {
  const fallback = clientOn(granted);
  await fallback.client.create(ROOM_ID);
  expect(fallback.seen[0]?.url).toMatch(/^https:\/\/api\.telnyx\.com\/v2\/rooms\//);
  vi.stubEnv("TELNYX_BASE_URL", " http://127.0.0.1:9/ ");
  const set = clientOn(granted);
  await set.client.create(ROOM_ID);
  expect(set.seen[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:9\/rooms\//);
  vi.stubEnv("TELNYX_BASE_URL", "http://elsewhere");
  expect(() => new RoomTokenClient()).toThrow(/^TELNYX_BASE_URL must be /);
  expect(() => new RoomTokenClient({ baseUrl: "https://h" })).not.toThrow();
});

test("an environment that may not be read counts as an empty one", async () => {
  const env = new Proxy(
    {},
    {
      get: () => {
        throw new Error("permission denied");
      },
    },
  );
  vi.stubGlobal("process", { ...process, env });
  const { client } = clientOn(granted, { apiKey: undefined });
  vi.unstubAllGlobals();
  expect(await rejection(client.create(ROOM_ID))).toMatchObject({ code: "missing_api_key" });
});

test("headers of the call win over those of the client, and those over the defaults, in any case", async () => {
  const { client, seen } = clientOn(granted, {
    headers: { "User-Agent": "mine", "X-A": "client", "x-b": "client" },
  });
  await client.create(ROOM_ID, {}, { headers: { "x-a": "call" } });
  expect(seen[0]?.headers).toMatchObject({ "user-agent": "mine", "x-a": "call", "x-b": "client" });
  expect(Object.keys(seen[0]?.headers ?? {})).toHaveLength(6);
});

test("a header that is undefined is left out, of the client's and of the call's", async () => {
  const { client, seen } = clientOn(granted, { headers: { "x-a": undefined, "x-b": "1" } });
  await client.create(ROOM_ID, {}, { headers: { "X-B": undefined, "x-c": undefined } });
  expect(seen[0]?.headers).not.toHaveProperty("x-a");
  expect(seen[0]?.headers).not.toHaveProperty("x-c");
  expect(seen[0]?.headers).toHaveProperty("x-b", "1");
});

test("fetch is called without a this, and the global one is looked up at each call", async () => {
  let self: unknown = "unset";
  const { fetch } = stubFetch(granted);
  const client = new RoomTokenClient({ apiKey: API_KEY });
  vi.stubGlobal("fetch", function (this: unknown, ...args: Parameters<typeof fetch>) {
    self = this;
    return fetch(...args);
  });
  await client.create(ROOM_ID);
  expect(self).toBeUndefined();
});

test("options are read once: changing them later changes nothing", async () => {
  const { fetch, seen } = stubFetch(granted);
  const options = { apiKey: API_KEY, fetch, headers: { "x-a": "1" }, baseUrl: "https://a.example" };
  const client = new RoomTokenClient(options);
  Object.assign(options, { apiKey: "OTHER", baseUrl: "https://b.example" });
  options.headers["x-a"] = "2";
  await client.create(ROOM_ID);
  expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${API_KEY}`, "x-a": "1" });
  expect(seen[0]?.url).toMatch(/^https:\/\/a\.example/);
});
