import { afterEach, describe, expect, it } from "vitest";
import type { SandboxBody } from "./helpers.ts";
import { type SandboxServer, type SandboxServerOptions, startSandbox } from "./index.ts";

const running: SandboxServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options?: SandboxServerOptions): Promise<SandboxServer> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
}

function create(sandbox: SandboxServer, body: unknown = {}): Promise<Response> {
  return fetch(`${sandbox.url}/rooms/${sandbox.roomId}/actions/generate_join_client_token`, {
    method: "POST",
    headers: { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function steer(sandbox: SandboxServer, command: string, body?: unknown) {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${sandbox.controlUrl}${command}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("the sandbox on a port", () => {
  it("listens on loopback alone and mints over HTTP", async () => {
    const sandbox = await start({ apiKey: "KEY_given" });
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
    const response = await create(sandbox, { token_ttl_secs: 60 });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    const { data } = (await response.json()) as SandboxBody;
    expect(sandbox.accepts(data.token)).toBe(true);
    expect(sandbox.requests[0]).toMatchObject({
      status: 201,
      headers: { authorization: "Bearer KEY_given" },
    });
  });

  it("answers with one Date header, that of its own clock", async () => {
    const sandbox = await start({ settings: { clockOffsetMs: 3_600_000 } });
    const askedAt = Date.now();
    const date = Date.parse((await create(sandbox)).headers.get("date") ?? "") - 3_600_000;
    expect(date).toBeGreaterThan(askedAt - 1000); // in whole seconds
    expect(date).toBeLessThanOrEqual(Date.now());
  });

  it("cuts connections in an outage and serves again after it", async () => {
    const sandbox = await start();
    expect((await create(sandbox)).status).toBe(201);
    sandbox.set({ outage: "drop" });
    await expect(create(sandbox)).rejects.toThrow("fetch failed");
    sandbox.set({ outage: "none" });
    expect((await create(sandbox)).status).toBe(201);
  });

  it("serves 200 calls at once, each with a token of its own", async () => {
    const sandbox = await start();
    const tokens = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const { data } = (await (await create(sandbox)).json()) as SandboxBody;
        return data.token;
      }),
    );
    expect(new Set(tokens).size).toBe(200);
    expect(sandbox.requestCount).toBe(200);
  });

  it("closes while a connection is open and a request waits", async () => {
    const sandbox = await start({ settings: { latencyMs: 60_000 } });
    const waiting = create(sandbox);
    const cut = expect(waiting).rejects.toThrow("fetch failed");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await sandbox.close();
    await cut;
    await expect(create(sandbox)).rejects.toThrow();
  });
});

describe("pages of other origins", () => {
  const preflight = (sandbox: SandboxServer) =>
    fetch(`${sandbox.url}/rooms/${sandbox.roomId}/actions/refresh_client_token`, {
      method: "OPTIONS",
      headers: { origin: "http://page.test", "access-control-request-method": "POST" },
    });

  it("are not let in by default", async () => {
    const sandbox = await start();
    for (const response of [await preflight(sandbox), await create(sandbox)]) {
      expect(response.headers.has("access-control-allow-origin")).toBe(false);
    }
    expect((await preflight(sandbox)).status).toBe(404);
  });

  it("may call when told so, refusals included, but read no header that is not exposed", async () => {
    const sandbox = await start({ settings: { cors: true } });
    const allowed = await preflight(sandbox);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-headers")).toBe("authorization, content-type");
    expect(sandbox.requestCount).toBe(0);
    sandbox.failNext({ status: 503 });
    for (const response of [await create(sandbox), await create(sandbox)]) {
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.has("access-control-expose-headers")).toBe(false);
    }
    sandbox.set({ exposedHeaders: ["x-request-id", "retry-after"] });
    const exposed = (await create(sandbox)).headers.get("access-control-expose-headers");
    expect(exposed).toBe("x-request-id, retry-after");
  });
});

describe("the control route", () => {
  it("tells how to reach the sandbox and what it saw", async () => {
    const sandbox = await start();
    const { url, apiKey, roomIds } = sandbox;
    expect((await steer(sandbox, "")).body).toMatchObject({
      url,
      apiKey,
      roomIds,
      settings: { outage: "none" },
    });
    await create(sandbox);
    const seen = (await steer(sandbox, "/requests")).body;
    expect(seen).toMatchObject({ requestCount: 1, requests: [{ method: "POST", status: 201, body: "{}" }] });
  });

  it("works during an outage, and without its latency", async () => {
    const sandbox = await start({ settings: { outage: "drop", latencyMs: 60_000 } });
    const answer = await steer(sandbox, "/settings", { outage: "none", latencyMs: 0 });
    expect(answer.body).toMatchObject({ outage: "none", latencyMs: 0 });
    expect((await create(sandbox)).status).toBe(201);
  });

  it("plans failures, revokes refresh tokens, judges tokens and resets", async () => {
    const sandbox = await start();
    const { data } = (await (await create(sandbox)).json()) as SandboxBody;
    expect((await steer(sandbox, "/accepts", { token: data.token })).body).toEqual({ accepted: true });
    const elsewhere = { token: data.token, roomId: "11111111-2222-4333-8444-555555555555" };
    expect((await steer(sandbox, "/accepts", elsewhere)).body).toEqual({ accepted: false });
    await steer(sandbox, "/fail-next", { count: 9, status: 502 });
    expect((await create(sandbox)).status).toBe(502);
    await steer(sandbox, "/reset", {});
    expect(sandbox.requestCount).toBe(0);
    await steer(sandbox, "/revoke-refresh-tokens", {});
    const dead = await fetch(`${sandbox.url}/rooms/${sandbox.roomId}/actions/refresh_client_token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refresh_token: data.refresh_token }),
    });
    expect(dead.status).toBe(403);
  });

  it("refuses what it does not know, by name", async () => {
    const sandbox = await start();
    const misspelt = await steer(sandbox, "/settings", { outtage: "drop" });
    expect(misspelt).toMatchObject({ status: 400, body: { message: expect.stringContaining("outtage") } });
    expect((await steer(sandbox, "/fail-next", { times: 2 })).status).toBe(400);
    expect((await steer(sandbox, "/nothing", {})).status).toBe(404);
  });

  it("may be called by pages of every origin, whatever the API allows", async () => {
    const sandbox = await start();
    for (const method of ["OPTIONS", "GET"]) {
      const response = await fetch(sandbox.controlUrl, { method });
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
    }
  });
});
