import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { create, refresh } from "./helpers.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
let nowMs: number;
let standIn: StandIn;

beforeEach(() => {
  nowMs = NOON;
  standIn = new StandIn({ now: () => nowMs });
});

afterEach(() => {
  vi.useRealTimers();
});

const refreshUrl = (roomId: string) => `http://telnyx.test/v2/rooms/${roomId}/actions/refresh_client_token`;

describe("failNext", () => {
  /** The statuses of so many creates, one after the other. */
  async function statuses(count: number): Promise<(number | string)[]> {
    const seen: (number | string)[] = [];
    for (let i = 0; i < count; i++) {
      const status = create(standIn).then((response) => response.status);
      seen.push(await status.catch(() => "cut"));
    }
    return seen;
  }

  it("gives the next requests its faults in the order in which they were planned, and no further ones", async () => {
    standIn.failNext({ status: 502, times: 2 });
    standIn.failNext({ dropConnection: true });
    standIn.failNext();
    expect(await statuses(5)).toEqual([502, 502, "cut", 500, 201]);
  });

  it("goes on until the reset, if it is to do so for ever", async () => {
    standIn.failNext({ status: 503, times: Number.POSITIVE_INFINITY });
    expect(await statuses(5)).toEqual(Array(5).fill(503));
    standIn.reset();
    expect(await statuses(1)).toEqual([201]);
  });

  it("sends status, headers and body as they were given, as they were at that time", async () => {
    const send = () => standIn.fetch(refreshUrl(standIn.roomId), { method: "POST" });
    standIn.failNext({ status: 502, headers: { "Content-Type": "text/html" }, body: "<p>Bad gateway</p>" });
    const html = await send();
    expect([html.status, html.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(await html.text()).toBe("<p>Bad gateway</p>");
    const body = { success: false, message: "no" };
    standIn.failNext({ status: 409, headers: { "Retry-After": "7" }, body });
    body.message = "changed";
    const json = await send();
    expect(json.headers.get("retry-after")).toBe("7");
    expect(await json.json()).toEqual({ success: false, message: "no" });
    standIn.failNext({ status: 204 });
    expect(await (await send()).text()).toBe("");
  });

  it("with status 429 sends a whole minute to wait, whenever that is, unless its headers say otherwise", async () => {
    await create(standIn);
    nowMs += 59_000;
    standIn.failNext({ status: 429 });
    expect((await create(standIn)).headers.get("x-ratelimit-reset")).toBe("60");
    standIn.failNext({ status: 429, headers: { "X-RateLimit-Reset": "3" } });
    expect((await create(standIn)).headers.get("x-ratelimit-reset")).toBe("3");
  });

  it.each([
    [400, { errors: [{ code: "10015" }] }],
    [401, { errors: [{ code: "10009" }] }],
    [403, { code: "10010", title: "Authorization failed" }], // declared without the envelope
    [404, { errors: [{ code: "10005" }] }],
    [429, { errors: [{ code: "10011" }] }],
    [500, { errors: [{ code: "10007" }] }],
    [503, { errors: [{ code: "10007" }] }],
  ])("with status %d alone sends Telnyx's own error: %j", async (status, body) => {
    standIn.failNext({ status });
    expect(await create(standIn)).toMatchObject({ status, ...body });
  });
});

describe("set", () => {
  it("leaves what it is not given, and what is undefined", () => {
    standIn.set({ latencyMs: 20 });
    standIn.set({ requestsPerMinute: 5, latencyMs: undefined });
    expect(standIn.settings).toEqual({ latencyMs: 20, requestsPerMinute: 5, dropConnections: false });
  });

  it("cuts every connection while dropConnections is set", async () => {
    standIn.set({ dropConnections: true });
    await expect(create(standIn)).rejects.toThrow(new TypeError("fetch failed"));
    standIn.set({ dropConnections: false });
    expect((await create(standIn)).status).toBe(201);
  });

  it("limits the requests of a minute, with x-ratelimit-reset and no Retry-After, until the minute is over", async () => {
    standIn.set({ requestsPerMinute: 2 });
    expect((await create(standIn)).headers.get("x-ratelimit-remaining")).toBe("1");
    expect((await create(standIn)).headers.get("x-ratelimit-limit")).toBe("2, 2;w=60");
    nowMs += 42_100;
    const limited = await create(standIn);
    expect(limited).toMatchObject({ status: 429, errors: [{ code: "10011" }] });
    expect(limited.headers.get("x-ratelimit-reset")).toBe("18");
    expect(limited.headers.has("retry-after")).toBe(false);
    standIn.set({ requestsPerMinute: 1 }); // below what was used
    expect((await create(standIn)).headers.get("x-ratelimit-remaining")).toBe("0");
    standIn.advance(17_899);
    expect((await create(standIn)).status).toBe(429);
    standIn.advance(1);
    expect((await create(standIn)).status).toBe(201);
  });
});

describe("the clock", () => {
  it("is moved by advance: tokens expire by it, and new ones are issued by it", async () => {
    const { token, refresh_token } = (await create(standIn)).data;
    standIn.advance(599_000);
    expect(standIn.accepts(token)).toBe(true);
    standIn.advance(1_000);
    expect(standIn.accepts(token)).toBe(false);
    expect((await refresh(standIn, refresh_token)).data.token_expires_at).toBe("2026-11-22T12:20:00Z");
  });

  it("follows fake timers, as do latency and its abort", async () => {
    vi.useFakeTimers();
    standIn = new StandIn();
    standIn.set({ latencyMs: 5_000 });
    const slow = create(standIn);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(standIn.requestCount).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    const { token } = (await slow).data;
    vi.advanceTimersByTime(599_000);
    expect(standIn.accepts(token)).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(standIn.accepts(token)).toBe(false);

    const controller = new AbortController();
    const given = standIn.fetch("http://telnyx.test/v2", { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    expect(vi.getTimerCount()).toBe(0);
    expect(standIn.requestCount).toBe(1);
  });
});

describe("requests", () => {
  it("tells of each what was requested, for which room, and what came of it, oldest first", async () => {
    const { roomId } = standIn;
    const created = await create(standIn);
    const refreshed = await refresh(standIn, "revoked");
    await standIn.fetch("http://telnyx.test/");
    standIn.failNext({ dropConnection: true });
    await create(standIn).catch(() => {});
    expect(standIn.requests).toEqual([
      { operation: "create", roomId, status: 201, requestId: created.headers.get("x-request-id") },
      { operation: "refresh", roomId, status: 403, requestId: refreshed.headers.get("x-request-id") },
      { operation: undefined, roomId: undefined, status: 404, requestId: expect.any(String) },
      { operation: "create", roomId, status: undefined, requestId: undefined },
    ]);
  });

  it("contains no key and no token, also where they stand in the path", async () => {
    const { token, refresh_token } = (await create(standIn)).data;
    await refresh(standIn, refresh_token);
    await standIn.fetch(refreshUrl(refresh_token), { method: "POST" });
    const text = JSON.stringify(standIn.requests);
    for (const secret of [standIn.apiKey, token, refresh_token]) expect(text).not.toContain(secret);
    expect(JSON.stringify(standIn.exchanges)).toContain(refresh_token);
  });

  it("keeps the latest 1,000", () => {
    for (let i = 1; i <= 2_500; i++) standIn.handle({ method: "GET", path: `/${i}`, headers: {}, body: "" });
    expect(standIn.requestCount).toBe(2_500);
    expect(standIn.requests).toHaveLength(1_000);
    expect(standIn.exchanges.at(-1)?.path).toBe("/2500");
  });
});

it("reset forgets settings, faults, requests, the used-up limit, the skipped time and every token", async () => {
  standIn.set({ requestsPerMinute: 1, latencyMs: 5 });
  standIn.advance(600_000);
  const { token, refresh_token } = (await create(standIn)).data;
  standIn.failNext({ times: 9 });
  standIn.set({ dropConnections: true });
  standIn.reset();
  expect(standIn.settings).toMatchObject({ latencyMs: 0, dropConnections: false });
  expect(standIn.requests).toEqual([]);
  expect(standIn.accepts(token)).toBe(false);
  expect((await refresh(standIn, refresh_token)).status).toBe(403);
  expect((await create(standIn)).data.token_expires_at).toBe("2026-11-22T12:10:00Z");
});
