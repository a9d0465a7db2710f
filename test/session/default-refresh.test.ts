import { describe, expect, it, vi } from "vitest";
import type { RoomTokenSessionOptions } from "../../src/session/index.ts";
import { jwt, NOON, open, ROOM_ID, record, rejection, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();
type Fetch = NonNullable<RoomTokenSessionOptions["fetch"]>;
type Init = Parameters<Fetch>[1];

function answer(status: number, headers: Record<string, string> = {}): Response {
  const now = Math.floor(Date.now() / 1000);
  const data = { token: jwt(now, 600, status), token_expires_at: new Date((now + 600) * 1000).toISOString() };
  return new Response(status === 201 ? JSON.stringify({ data }) : "", { status, headers });
}

function opened(respond: () => Response, options: Partial<RoomTokenSessionOptions> = {}) {
  const seen: { url: string; init: Init; at: number }[] = [];
  const fetch: Fetch = async (url, init) => {
    seen.push({ url, init, at: Date.now() - NOON });
    return respond();
  };
  return { session: open(new Server(), { refresh: undefined, fetch, ...options }), seen };
}

describe("the default refresh", () => {
  it("is one keyless call to Telnyx, with the room, the refresh token and the TTL asked for", async () => {
    vi.stubEnv("TELNYX_API_KEY", "KEY-CANARY");
    const { session, seen } = opened(() => answer(201), { tokenTtlSecs: 600 });
    await session.getToken({ forceRefresh: true });
    expect(seen).toHaveLength(1);
    const { url, init } = seen[0] ?? {};
    expect(url).toBe(`https://api.telnyx.com/v2/rooms/${ROOM_ID}/actions/refresh_client_token`);
    expect(JSON.parse(init?.body ?? "")).toEqual({ refresh_token: "refresh-1", token_ttl_secs: 600 });
    expect(JSON.stringify(init)).not.toMatch(/authorization|KEY-CANARY/i);
    vi.unstubAllEnvs();
  });

  it("goes to the base URL given", async () => {
    const { session, seen } = opened(() => answer(201), { baseUrl: "http://127.0.0.1:1/v2/" });
    await session.getToken({ forceRefresh: true });
    expect(seen[0]?.url).toBe(`http://127.0.0.1:1/v2/rooms/${ROOM_ID}/actions/refresh_client_token`);
  });

  it("goes by plain http to any host where that is allowed", async () => {
    const { session, seen } = opened(() => answer(201), { baseUrl: "http://h", allowInsecureHttp: true });
    await session.getToken({ forceRefresh: true });
    expect(seen[0]?.url).toMatch("http://h/rooms/");
  });

  it("works with a fetch that throws on redirect 'error', cache, credentials and mode", async () => {
    const fetch: Fetch = async (_, init) => {
      const options: RequestInit = { ...init };
      for (const name of ["cache", "credentials", "mode"]) if (name in options) throw new TypeError(name);
      if (options.redirect === "error") throw new TypeError("redirect");
      return answer(201);
    };
    const { session } = opened(() => answer(201), { fetch });
    expect(await session.getToken({ forceRefresh: true })).toBe(session.grant?.token);
  });

  it("without a fetch of its own uses the global one, looked up at the call", async () => {
    const { session } = opened(() => answer(201), { fetch: undefined });
    const fetch = vi.fn(async () => answer(201));
    vi.stubGlobal("fetch", fetch);
    await session.getToken({ forceRefresh: true });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("makes no retry of its own: the session's pauses hold", async () => {
    const { session, seen } = opened(() => answer(503));
    session.start();
    await sleep(480_000 + 499);
    expect(seen).toHaveLength(1);
    await sleep(1);
    expect(seen).toHaveLength(2);
  });

  it.each([
    ["Retry-After 7", { "retry-after": "7" }, 7000],
    ["x-ratelimit-reset 9 alone", { "x-ratelimit-reset": "9" }, 9000],
    ["Retry-After soon", { "retry-after": "soon" }, 500],
    ["Retry-After -5", { "retry-after": "-5" }, 500],
    ["Retry-After 1abc", { "retry-after": "1abc" }, 500],
    ["Retry-After Infinity", { "retry-after": "Infinity" }, 500],
    ["Retry-After 1e9", { "retry-after": "1e9" }, 500],
    ["Retry-After of a past date", { "retry-after": "Sun, 22 Nov 2020 12:00:00 GMT" }, 500],
    ["Retry-After 1000000", { "retry-after": "1000000" }, 300_000],
    ["no header", {}, 500],
  ])(
    "a 429 with %s pauses for exactly that, or for the own pause",
    async (_, headers: Record<string, string>, pauseMs) => {
      let status = 429;
      const { session, seen } = opened(() => answer(status, headers));
      session.start();
      await sleep(480_000);
      status = 201;
      await sleep(pauseMs - 1);
      expect(seen).toHaveLength(1);
      await sleep(1);
      expect(seen).toHaveLength(2);
      expect(session.state).toBe("ready");
    },
  );

  it("a refusal has its code, and never the refresh token", async () => {
    const { session } = opened(() => new Response("refresh-1 is dead", { status: 403 }));
    const told = record(session);
    const error = await rejection(session.getToken({ forceRefresh: true }));
    expect(error).toMatchObject({ code: "forbidden", status: 403, operation: "refresh" });
    expect((error as { bodyText?: string }).bodyText).not.toContain("refresh-1");
    expect(told.error[0]?.error).toBe(error);
  });

  it("a redirect is refused, for good", async () => {
    const { session, seen } = opened(() => answer(307, { location: "https://elsewhere.test/" }));
    session.start();
    await sleep(600_000);
    expect(seen).toHaveLength(1);
    expect(session.state).toBe("failed");
  });

  it("a body that stalls ends with timeoutMs", async () => {
    const { session } = opened(() => new Response(new ReadableStream(), { status: 201 }), { timeoutMs: 800 });
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await sleep(800);
    expect(await waiting).toMatchObject({ code: "timeout" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("close aborts the request", async () => {
    const { session, seen } = opened(() => answer(201), {
      fetch: (url, init) => {
        seen.push({ url, init, at: 0 });
        return new Promise(() => {});
      },
    });
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await sleep(1);
    session.close();
    expect(await waiting).toMatchObject({ code: "session_closed" });
    expect(seen[0]?.init.signal.aborted).toBe(true);
  });
});
