import { afterEach, describe, expect, it, vi } from "vitest";
import { create, refresh } from "./helpers.ts";
import { Sandbox } from "./index.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("an outage", () => {
  it("cuts every connection until it is over", async () => {
    const sandbox = new Sandbox();
    sandbox.set({ outage: "drop" });
    await expect(create(sandbox)).rejects.toThrow(new TypeError("fetch failed"));
    expect(sandbox.requests[0]?.status).toBeUndefined();
    sandbox.set({ outage: "none" });
    expect((await create(sandbox)).status).toBe(201);
  });

  it("answers 503 in Telnyx's envelope", async () => {
    const sandbox = new Sandbox({ settings: { outage: "unavailable" } });
    const answer = await create(sandbox);
    expect([answer.status, answer.errors[0]?.code]).toEqual([503, "10007"]);
  });
});

describe("planned failures", () => {
  it("hit the next requests in the order they were planned, and no more", async () => {
    const sandbox = new Sandbox();
    sandbox.failNext({ count: 2, status: 502 });
    sandbox.failNext({ drop: true });
    sandbox.failNext();
    const statuses: (number | string)[] = [];
    for (let i = 0; i < 5; i++) {
      statuses.push(
        await create(sandbox).then(
          ({ status }) => status,
          () => "cut",
        ),
      );
    }
    expect(statuses).toEqual([502, 502, "cut", 500, 201]);
  });

  it("send the status, headers and body that were asked for", async () => {
    const sandbox = new Sandbox();
    const url = `http://sandbox.test/v2/rooms/${sandbox.roomId}/actions/refresh_client_token`;
    sandbox.failNext({ status: 502, headers: { "content-type": "text/html" }, body: "<p>Bad gateway</p>" });
    const html = await sandbox.fetch(url, { method: "POST" });
    expect([html.status, html.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(await html.text()).toBe("<p>Bad gateway</p>");
    sandbox.failNext({
      status: 409,
      headers: { "retry-after": "7" },
      body: { success: false, message: "no" },
    });
    const json = await sandbox.fetch(url, { method: "POST" });
    expect(json.headers.get("retry-after")).toBe("7");
    expect(await json.json()).toEqual({ success: false, message: "no" });
  });

  it.each([
    [400, "10015"],
    [401, "10009"],
    [404, "10005"],
    [429, "10011"],
    [500, "10007"],
    [503, "10007"],
  ])("with status %d alone come in the envelope, with code %s", async (status, code) => {
    const sandbox = new Sandbox();
    sandbox.failNext({ status });
    const answer = await create(sandbox);
    expect([answer.status, answer.errors[0]?.code]).toEqual([status, code]);
  });
});

it("a planned 403 is one error without the envelope, as declared", async () => {
  const sandbox = new Sandbox();
  sandbox.failNext({ status: 403 });
  expect(await create(sandbox)).toMatchObject({ status: 403, code: "10010", title: "Authorization failed" });
});

describe("the clock", () => {
  it("can be ahead: tokens end by it, and new ones are minted by it", async () => {
    const sandbox = new Sandbox({ now: () => Date.UTC(2026, 10, 22, 12) });
    const { token, refresh_token } = (await create(sandbox)).data;
    sandbox.set({ clockOffsetMs: 599_000 });
    expect(sandbox.accepts(token)).toBe(true);
    sandbox.set({ clockOffsetMs: 600_000 });
    expect(sandbox.accepts(token)).toBe(false);
    expect((await refresh(sandbox, refresh_token)).data.token_expires_at).toBe("2026-11-22T12:20:00Z");
  });

  it("follows fake timers, as do latency and its abort", async () => {
    vi.useFakeTimers();
    const sandbox = new Sandbox({ settings: { latencyMs: 5_000 } });
    const slow = create(sandbox);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(sandbox.requestCount).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    const { token } = (await slow).data;
    await vi.advanceTimersByTimeAsync(599_000);
    expect(sandbox.accepts(token)).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sandbox.accepts(token)).toBe(false);

    const controller = new AbortController();
    const given = sandbox.fetch("http://sandbox.test/v2", { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    expect(vi.getTimerCount()).toBe(0);
    expect(sandbox.requestCount).toBe(1);
  });
});

describe("the rate limit", () => {
  it("refuses what is over it with x-ratelimit-reset and no Retry-After, until the minute is over", async () => {
    const clock = { nowMs: 0 };
    const sandbox = new Sandbox({ now: () => clock.nowMs, settings: { requestsPerMinute: 2 } });
    expect((await create(sandbox)).headers.get("x-ratelimit-remaining")).toBe("1");
    expect((await create(sandbox)).headers.get("x-ratelimit-limit")).toBe("2, 2;w=60");
    clock.nowMs = 42_100;
    const refused = await create(sandbox);
    expect([refused.status, refused.errors[0]?.code]).toEqual([429, "10011"]);
    expect(refused.headers.get("x-ratelimit-reset")).toBe("18");
    expect(refused.headers.has("retry-after")).toBe(false);
    clock.nowMs = 59_999;
    expect((await create(sandbox)).status).toBe(429);
    clock.nowMs = 60_000;
    expect((await create(sandbox)).status).toBe(201);
  });
});

describe("the log", () => {
  it("keeps what was sent and what came of it, oldest first", async () => {
    const sandbox = new Sandbox({ now: () => 1_000 });
    await create(sandbox, { body: { token_ttl_secs: 60 } });
    await refresh(sandbox, "dead");
    expect(sandbox.requests.map(({ status, atMs }) => [status, atMs])).toEqual([
      [201, 1_000],
      [403, 1_000],
    ]);
    expect(sandbox.requests[0]).toMatchObject({
      method: "POST",
      path: `/v2/rooms/${sandbox.roomId}/actions/generate_join_client_token`,
      headers: { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" },
      body: '{"token_ttl_secs":60}',
    });
    expect(sandbox.requests[1]?.headers).not.toHaveProperty("authorization");
  });

  it("counts every request but keeps only the latest 1,000", async () => {
    const sandbox = new Sandbox();
    for (let i = 1; i <= 2_500; i++) {
      sandbox.handle({ method: "GET", path: `/${i}`, headers: {}, body: "" });
    }
    expect(sandbox.requestCount).toBe(2_500);
    expect(sandbox.requests).toHaveLength(1_000);
    expect(sandbox.requests.at(-1)?.path).toBe("/2500");
  });
});

describe("a reset", () => {
  it("returns to the settings of the start, without failures, with an empty log and a full budget", async () => {
    const sandbox = new Sandbox({ settings: { requestsPerMinute: 1 } });
    const { token } = (await create(sandbox)).data;
    sandbox.set({ outage: "unavailable", requestsPerMinute: 5, latencyMs: 9_000 });
    sandbox.failNext();
    sandbox.reset();
    expect(sandbox.settings).toMatchObject({ outage: "none", requestsPerMinute: 1, latencyMs: 0 });
    expect(sandbox.requestCount).toBe(0);
    expect((await create(sandbox)).status).toBe(201);
    expect(sandbox.accepts(token)).toBe(true);
  });
});
