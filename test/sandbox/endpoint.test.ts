import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { OTHER_ROOM } from "./helpers.ts";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterEach(() => void vi.useRealTimers());
afterAll(() => sandbox.close());

interface Ask {
  readonly method?: string;
  readonly roomId?: string;
  readonly body?: string;
}

async function ask({ method = "POST", roomId = sandbox.roomId, body = "{}" }: Ask = {}) {
  const url = sandbox.endpoint.replace(sandbox.roomId, roomId);
  const response = await fetch(url, { method, ...(method === "POST" && { body }) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const refresh = (refreshToken: string) => ask({ body: JSON.stringify({ refreshToken }) });

it("the endpoint creates a token with its refresh token, and renews with that, as the client can, too", async () => {
  expect(sandbox.endpoint).toBe(sandbox.url.replace("/v2", `/rooms/${sandbox.roomId}/token`));
  const { status, body } = await ask();
  expect(status).toBe(201);
  const names = ["refreshToken", "refreshTokenExpiresAt", "token", "tokenExpiresAt"];
  expect(Object.keys(body).sort()).toEqual(names);
  const renewed = await refresh(body.refreshToken);
  expect(renewed.status).toBe(201);
  expect(Object.keys(renewed.body).sort()).toEqual(["token", "tokenExpiresAt"]);
  const roomTokens = new RoomTokenClient({ apiKey: null, baseUrl: sandbox.url });
  await roomTokens.refresh(sandbox.roomId, { refreshToken: body.refreshToken });
  const operations = sandbox.requests.map(({ operation }) => operation);
  expect(operations).toEqual(["create", "refresh", "refresh"]);
});

const sentence = { title: expect.stringMatching(/^[A-Z].*\.$/) };

it.each([
  ["a revoked refresh token", 403, () => sandbox.revokeRefreshTokens()],
  ["a refresh that is a bad request", 403, () => sandbox.failNext({ status: 400 })],
  ["a refresh that is unauthorized", 403, () => sandbox.failNext({ status: 401 })],
  ["a refresh that is unprocessable", 403, () => sandbox.failNext({ status: 422 })],
  ["an unknown room", 404, () => sandbox.failNext({ status: 404 })],
  ["an outage", 502, () => sandbox.set({ dropConnections: true })],
  ["Telnyx down", 502, () => sandbox.failNext({ status: 503 })],
  ["a rate limit", 429, () => sandbox.failNext({ status: 429, headers: { "Retry-After": "17" } })],
])("the endpoint answers %s with %d and a sentence for the user", async (_, status, prepare) => {
  const { refreshToken } = (await ask()).body;
  prepare();
  const failed = await refresh(refreshToken);
  expect(failed).toMatchObject({ status, body: sentence });
  expect(failed.headers.get("retry-after")).toBe(status === 429 ? "17" : null);
});

it.each<[Ask, number]>([
  [{ roomId: OTHER_ROOM }, 404],
  [{ roomId: "lobby" }, 400],
  [{ body: "{" }, 400],
  [{ method: "GET" }, 405],
])("the endpoint answers %j with %d and a sentence", async (request, status) => {
  expect(await ask(request)).toMatchObject({ status, body: sentence });
});

it("the endpoint goes by the sandbox's clock", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 22, 12) });
  sandbox.advance(3_600_000);
  const { headers, body } = await ask();
  expect(headers.get("date")).toBe("Sun, 22 Nov 2026 13:00:00 GMT");
  expect(body.tokenExpiresAt).toBe("2026-11-22T13:10:00.000Z");
});

/** The preflight of a page of an origin, and its request. */
async function askFrom(origin: string, url = sandbox.endpoint) {
  const headers = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type, x-csrf",
  };
  const preflight = await fetch(url, { method: "OPTIONS", headers });
  return [preflight, await fetch(url, { method: "POST", headers: { origin }, body: "{}" })] as const;
}

it.each([
  "http://localhost:3000",
  "https://localhost",
  "http://app.localhost:8080",
  "http://127.0.0.1:5173",
  "http://127.1.2.3",
  "http://[::1]:4200",
])("a page of %s may call the endpoint, and read what it would of its own back end", async (origin) => {
  const responses = await askFrom(origin);
  const [preflight] = responses;
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type, x-csrf");
  expect(preflight.headers.get("access-control-allow-methods")).toBe("POST");
  for (const { headers } of responses) {
    expect(headers.get("access-control-allow-origin")).toBe(origin);
    expect(headers.get("vary")).toBe("Origin");
    expect(headers.get("access-control-expose-headers")).toBe("Date, Retry-After, X-Request-Id");
  }
});

it.each([
  "https://example.com",
  "http://localhost.example.com",
  "http://127.0.0.1.example.com",
  "null",
  "http://evil.com/localhost",
])("a page of %s is not let in", async (origin) => {
  for (const { headers } of await askFrom(origin))
    expect(headers.has("access-control-allow-origin")).toBe(false);
});

it("a page may not call the API itself", async () => {
  const url = `${sandbox.url}/rooms/${sandbox.roomId}/actions/refresh_client_token`;
  const [preflight] = await askFrom("http://localhost:5173", url);
  expect(preflight.status).toBe(404);
  expect(preflight.headers.has("access-control-allow-origin")).toBe(false);
});
