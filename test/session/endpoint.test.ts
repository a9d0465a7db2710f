/** The session and a back end of one route, over loopback in real time. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { RoomTokenSession, type RoomTokenSessionOptions } from "../../src/session/index.ts";
import { listen } from "../loopback.ts";
import { FORCED, json, Server, stepWallClock } from "./support.ts";

interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: object;
}

/** A route that answers in this way, the requests that arrive there, and the end of their connection. */
async function startRoute(answer: (response: ServerResponse, body: object) => void) {
  const arrived: Arrived[] = [];
  let onEnded = () => {};
  const ended = new Promise<void>((resolve) => {
    onEnded = resolve;
  });
  const http = createServer(async (request, response) => {
    response.on("close", onEnded);
    const { method, url, headers } = request;
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    arrived.push({ method, url, headers, body });
    answer(response, body);
  });
  onTestFinished(() => void http.close().closeAllConnections());
  return { endpoint: `${await listen(http)}/rooms/1/token?a=b`, arrived, ended };
}

function openAt(endpoint: string, options?: Partial<RoomTokenSessionOptions>): RoomTokenSession {
  const session = new RoomTokenSession({ endpoint, ...options });
  onTestFinished(() => session.close());
  return session;
}

/** Forces a renewal. The second that it would wait for is one of the wall clock alone. */
function renew(session: RoomTokenSession): Promise<string> {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  stepWallClock(1000);
  return session.getToken(FORCED);
}

describe("endpoint", () => {
  it("is sent a POST with {} for a grant, and one with the refresh token for a token", async () => {
    const tokens = new Server();
    const { endpoint, arrived } = await startRoute((response, body) =>
      response.end(JSON.stringify("refreshToken" in body ? { data: tokens.token() } : tokens.grant())),
    );
    const session = openAt(endpoint);
    const first = await session.getToken();
    const renewed = await renew(session);
    expect(renewed).not.toBe(first);
    expect(session.grant).toMatchObject({ token: renewed, refreshToken: "refresh-token-1" });
    const saved = { token: "old", tokenExpiresAt: "2020-01-01T00:00:00Z", refreshToken: "saved" };
    await openAt(endpoint, { grant: saved }).getToken();
    const bodies = [{}, { refreshToken: "refresh-token-1" }, { refreshToken: "saved" }];
    expect(arrived.map(({ body }) => body)).toEqual(bodies);
    for (const { method, url, headers } of arrived) {
      expect([method, url]).toEqual(["POST", "/rooms/1/token?a=b"]);
      expect(headers).toMatchObject({ "content-type": "application/json", accept: "application/json" });
      expect(headers).not.toHaveProperty("authorization");
    }
  });

  it("that redirects to a login page is refused, and not followed", async () => {
    const { endpoint, arrived } = await startRoute((response) =>
      response.writeHead(302, { location: "/login" }).end(),
    );
    const refused = { code: "redirect_refused", status: 302, retryable: false };
    await expect(openAt(endpoint).getToken()).rejects.toMatchObject(refused);
    expect(arrived).toHaveLength(1);
  });

  it("that hangs up is a connection that failed", async () => {
    const { endpoint } = await startRoute((response) => response.destroy());
    const failed = { code: "connection_failed", retryable: true };
    await expect(openAt(endpoint).getToken()).rejects.toMatchObject(failed);
  });

  it("that does not answer is given up after timeoutMs, and its connection ends", async () => {
    const { endpoint, ended } = await startRoute(() => {});
    await expect(openAt(endpoint, { timeoutMs: 100 }).getToken()).rejects.toMatchObject({ code: "timeout" });
    await ended;
  });

  it("fetch is looked up at each request, and called with the page's own defaults for credentials", async () => {
    const session = openAt("/rooms/1/token");
    onTestFinished(() => void vi.unstubAllGlobals());
    const fetch = vi.fn(async (_url: string, _init: RequestInit) => json(201, new Server().token()));
    vi.stubGlobal("fetch", fetch);
    await session.getToken();
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe("/rooms/1/token");
    expect(init).toEqual({
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: "{}",
      redirect: "manual",
      cache: "no-store",
      signal: expect.any(AbortSignal),
    });
    vi.stubGlobal("Request", class {}); // a platform whose fetch takes no cache mode
    await renew(session);
    expect(fetch.mock.calls[1]?.[1]).not.toHaveProperty("cache");
  });
});
