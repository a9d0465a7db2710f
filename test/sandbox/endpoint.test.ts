import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { OTHER_ROOM } from "./helpers.ts";

const PAGE = "http://localhost:5173";
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

async function post(body: string, endpoint = sandbox.endpoint) {
  const headers = { "content-type": "application/json", origin: PAGE };
  const response = await fetch(endpoint, { method: "POST", headers, body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe("the endpoint", () => {
  it("creates a token with its refresh token, and renews with that", async () => {
    expect(sandbox.endpoint).toBe(sandbox.url.replace("/v2", `/rooms/${sandbox.roomId}/token`));
    const { status, body } = await post("{}");
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual([
      "refreshToken",
      "refreshTokenExpiresAt",
      "token",
      "tokenExpiresAt",
    ]);
    const renewed = await post(JSON.stringify({ refreshToken: body.refreshToken }));
    expect(renewed.status).toBe(201);
    expect(Object.keys(renewed.body).sort()).toEqual(["token", "tokenExpiresAt"]);
    expect(sandbox.requests.map(({ operation, status }) => [operation, status])).toEqual([
      ["create", 201],
      ["refresh", 201],
    ]);
  });

  it("gives a refresh token that the client takes, too", async () => {
    const { body } = await post("{}");
    const roomTokens = new RoomTokenClient({ apiKey: null, baseUrl: sandbox.url });
    await roomTokens.refresh(sandbox.roomId, { refreshToken: body.refreshToken });
  });

  it.each([
    ["a revoked refresh token", 403, () => sandbox.revokeRefreshTokens()],
    ["an outage", 502, () => sandbox.set({ dropConnections: true })],
    ["Telnyx down", 502, () => sandbox.failNext({ status: 503 })],
    ["a rate limit", 429, () => sandbox.failNext({ status: 429, headers: { "Retry-After": "17" } })],
  ])("answers %s with %d and a sentence for the user", async (_, status, prepare) => {
    const { body } = await post("{}");
    prepare();
    const failed = await post(JSON.stringify({ refreshToken: body.refreshToken }));
    expect(failed.status).toBe(status);
    expect(failed.body).toEqual({ title: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(failed.headers.get("retry-after")).toBe(status === 429 ? "17" : null);
  });

  it("answers another room with 404, no UUID with 400, and broken JSON with 400", async () => {
    const other = (roomId: string) => sandbox.endpoint.replace(sandbox.roomId, roomId);
    expect((await post("{}", other(OTHER_ROOM))).status).toBe(404);
    expect((await post("{}", other("lobby"))).status).toBe(400);
    expect((await post("{")).status).toBe(400);
  });

  it("takes a POST alone, and is dated by the sandbox's clock", async () => {
    const wrong = await fetch(sandbox.endpoint);
    expect(wrong.status).toBe(405);
    sandbox.advance(3_600_000);
    const { headers, body } = await post("{}");
    const dateMs = Date.parse(headers.get("date") ?? "");
    expect(dateMs - Date.now()).toBeGreaterThan(3_500_000);
    expect(Math.abs(Date.parse(body.tokenExpiresAt) - dateMs - 600_000)).toBeLessThanOrEqual(5_000);
  });
});

describe("a page", () => {
  const ask = async (origin: string) => {
    const preflight = await fetch(sandbox.endpoint, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type, x-csrf",
      },
    });
    const response = await fetch(sandbox.endpoint, { method: "POST", headers: { origin }, body: "{}" });
    return { preflight, response };
  };

  it.each([
    "http://localhost:3000",
    "https://localhost",
    "http://app.localhost:8080",
    "http://127.0.0.1:5173",
    "http://127.1.2.3",
    "http://[::1]:4200",
  ])(
    "of the origin %s may call the endpoint, and read what it would read of its own back end",
    async (origin) => {
      const { preflight, response } = await ask(origin);
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type, x-csrf");
      expect(preflight.headers.get("access-control-allow-methods")).toBe("POST");
      for (const { headers } of [preflight, response]) {
        expect(headers.get("access-control-allow-origin")).toBe(origin);
        expect(headers.get("vary")).toBe("Origin");
        expect(headers.get("access-control-expose-headers")).toBe("Date, Retry-After, X-Request-Id");
      }
    },
  );

  it.each([
    "https://example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "null",
    "http://evil.com/localhost",
  ])("of the origin %s is not let in", async (origin) => {
    const { preflight, response } = await ask(origin);
    for (const { headers } of [preflight, response]) {
      expect(headers.has("access-control-allow-origin")).toBe(false);
    }
  });

  it("may not call the API itself", async () => {
    const { headers, status } = await fetch(
      `${sandbox.url}/rooms/${sandbox.roomId}/actions/refresh_client_token`,
      {
        method: "OPTIONS",
        headers: { origin: PAGE, "access-control-request-method": "POST" },
      },
    );
    expect(status).toBe(404);
    expect(headers.has("access-control-allow-origin")).toBe(false);
  });
});
