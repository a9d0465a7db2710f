/** The session and a back end of one route, over loopback in real time. */
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RoomTokenSession, type RoomTokenSessionOptions } from "../../src/session/index.ts";
import { listen } from "../loopback.ts";
import { Server } from "./support.ts";

interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

const sessions: RoomTokenSession[] = [];
let http: HttpServer;
let origin: string;
/** What has arrived at the route, and how it answers. */
let arrived: Arrived[];
let answer: (response: ServerResponse, body: unknown) => void;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  arrived = [];
  const tokens = new Server();
  answer = (response, body) => {
    response.setHeader("content-type", "application/json");
    const isRefresh = Object.hasOwn(body as object, "refreshToken");
    response.end(JSON.stringify(isRefresh ? { data: tokens.token() } : tokens.grant()));
  };
  http = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { method, url, headers } = request;
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || "null");
    arrived.push({ method, url, headers, body });
    answer(response, body);
  });
  origin = await listen(http);
});

afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  http.close();
  http.closeAllConnections();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(options: Partial<RoomTokenSessionOptions> = {}): RoomTokenSession {
  const session = new RoomTokenSession({ endpoint: `${origin}/rooms/1/token?a=b`, ...options });
  sessions.push(session);
  return session;
}

/** Forces a renewal. The second that it would wait for is one of the wall clock alone. */
function renew(session: RoomTokenSession): Promise<string> {
  vi.setSystemTime(Date.now() + 1000);
  return session.getToken({ forceRefresh: true });
}

const errorOf = (session: RoomTokenSession) => session.getToken().then(expect.unreachable, (error) => error);

describe("endpoint", () => {
  it("is sent a POST with {} for a grant, and then one with the refresh token for a token", async () => {
    const session = open();
    const first = await session.getToken();
    const { refreshToken } = session.grant ?? {};
    expect(refreshToken).toBe("refresh-token-1");
    const renewed = await renew(session);
    expect(renewed).not.toBe(first);
    expect(arrived.map(({ body }) => body)).toEqual([{}, { refreshToken }]);
    for (const { method, url, headers } of arrived) {
      expect([method, url]).toEqual(["POST", "/rooms/1/token?a=b"]);
      expect(headers).toMatchObject({ "content-type": "application/json", accept: "application/json" });
      expect(headers).not.toHaveProperty("authorization");
    }
    expect(session.grant).toMatchObject({ token: renewed, refreshToken });
  });

  it("that gives no refresh token is asked to create each time", async () => {
    const tokens = new Server();
    answer = (response) => response.end(JSON.stringify(tokens.token()));
    const session = open();
    await session.getToken();
    await renew(session);
    expect(arrived.map(({ body }) => body)).toEqual([{}, {}]);
  });

  it("takes a saved grant, and refreshes it first", async () => {
    const session = open({
      grant: { token: "old", tokenExpiresAt: "2020-01-01T00:00:00Z", refreshToken: "saved" },
    });
    await session.getToken();
    expect(arrived.map(({ body }) => body)).toEqual([{ refreshToken: "saved" }]);
  });

  it.each<[string, (response: ServerResponse) => void, object]>([
    [
      "that redirects to a login page is refused, and not followed",
      (response) => response.writeHead(302, { location: "/login" }).end(),
      { code: "redirect_refused", status: 302, retryable: false },
    ],
    [
      "that answers with a page is said to do so",
      (response) => response.setHeader("content-type", "text/html").end("<html>Sign in</html>"),
      {
        code: "invalid_response",
        message: "create returned a Response with status 200 whose body is not JSON (a login page?)",
      },
    ],
    [
      "that answers 401 is unauthorized, in its own words",
      (response) => response.writeHead(401).end('{"title":"Please sign in"}'),
      { code: "unauthorized", message: "create failed: 401 Please sign in", retryable: false },
    ],
    [
      "that answers 429 is heeded",
      (response) => response.writeHead(429, { "retry-after": "20" }).end(),
      { code: "rate_limited", retryAfterMs: 20_000, retryable: true },
    ],
    [
      "that hangs up is a connection that failed",
      (response) => void response.destroy(),
      { code: "connection_failed", retryable: true },
    ],
  ])("one %s", async (_, respond, expected) => {
    answer = respond;
    const session = open();
    expect(await errorOf(session)).toMatchObject(expected);
    expect(session.getSnapshot()).toMatchObject({ state: "failed", error: expected });
    expect(arrived.map(({ url }) => url)).toEqual(["/rooms/1/token?a=b"]);
  });

  it("one that does not answer is given up after timeoutMs, and its connection ends", async () => {
    const ended = new Promise<void>((resolve) => {
      answer = (response) => response.on("close", resolve);
    });
    expect((await errorOf(open({ timeoutMs: 100 }))).code).toBe("timeout");
    await ended;
  });

  it("fetch is looked up at each request, and called with the page's own defaults for credentials", async () => {
    const session = open({ endpoint: "/rooms/1/token" });
    const fetch = vi.fn(
      async (_url: string, _init: RequestInit) => new Response(JSON.stringify(new Server().grant())),
    );
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
