import { describe, expect, it } from "vitest";
import { DOWN, open, REFUSED, record, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("which callback is asked", () => {
  it("after two passing failures in a row create and refresh take turns until one succeeds", async () => {
    const server = new Server();
    server.refreshFailure = DOWN;
    server.createFailure = DOWN;
    const session = open(server, { create: server.create });
    session.start();
    await sleep(480_000 + 31_000);
    const start = 480_000;
    expect(server.refreshes).toEqual([0, 500, 3500, 15_500].map((ms) => start + ms));
    expect(server.creates).toEqual([1500, 7500, 30_500].map((ms) => start + ms));
    server.createFailure = undefined;
    server.refreshFailure = undefined;
    await sleep(15_000);
    expect(session.state).toBe("ready");
  });

  it("a page whose direct refresh is refused by CORS lives on create", async () => {
    const server = new Server();
    server.refreshFailure = new TypeError("Failed to fetch");
    const session = open(server, { create: server.create });
    session.start();
    for (let minute = 0; minute < 120; minute++) {
      await sleep(60_000);
      expect(["ready", "degraded"]).toContain(session.state);
    }
    expect(server.creates).toHaveLength(14);
    expect(server.refreshes).toHaveLength(28);
  });

  it("403 with create: exactly one refresh, one create, and the new refresh token is used next", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    const told = record(session);
    session.start();
    server.refreshFailure = REFUSED;
    await sleep(480_000);
    server.refreshFailure = undefined;
    expect([server.refreshes, server.creates]).toEqual([[480_000], [480_000]]);
    expect(told.error).toMatchObject([{ error: { code: "forbidden" }, willRetry: true, retryInMs: 0 }]);
    expect(session.state).toBe("ready");
    const { refreshToken } = session.grant ?? {};
    await sleep(480_000);
    expect(server.usedRefreshTokens).toEqual(["refresh-1", refreshToken]);
    expect(refreshToken).not.toBe("refresh-1");
  });

  it("both refused: they are asked in turn, and the refused refresh token once more", async () => {
    const server = new Server();
    server.createFailure = server.refreshFailure = REFUSED;
    const session = open(server, { create: server.create });
    const told = record(session);
    session.start();
    await sleep(599_000);
    const seconds = (moments: number[]) => moments.map((at) => at / 1000);
    expect(seconds(server.refreshes)).toEqual([480, 528, 576]);
    expect(seconds(server.creates)).toEqual([480, 504, 552, 599]);
    expect(new Set(server.usedRefreshTokens).size).toBe(1);
    const turns = ["refresh", "create", "create", "refresh", "create", "refresh", "create"];
    expect(told.error.map(({ error }) => error.operation)).toEqual(turns);
    server.refreshFailure = undefined;
    await sleep(300_000);
    expect(session.state).toBe("ready");
  });

  it("a refused refresh token is never used again, not even when a new create brings it once more", async () => {
    const server = new Server();
    const create = async () => ({
      ...(await server.create({ signal: AbortSignal.abort() })),
      refreshToken: "refresh-1",
    });
    const session = open(server, { create });
    session.start();
    server.refreshFailure = REFUSED;
    await sleep(4 * 480_000);
    expect(server.refreshes).toHaveLength(1);
    expect(server.creates).toHaveLength(4);
  });

  it("after a refusal a create that fails in passing is tried again, without another refresh", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    session.start();
    server.refreshFailure = REFUSED;
    server.createFailure = DOWN;
    await sleep(490_000);
    expect(server.refreshes).toEqual([480_000]);
    expect(server.creates).toEqual([480_000, 480_500, 481_500, 483_500, 487_500]);
    server.createFailure = undefined;
    await sleep(10_000);
    expect(session.state).toBe("ready");
  });

  it("a create that is refused while refresh is down: both are asked at the slow pace, the token is used", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    const token = await session.getToken();
    session.start();
    server.refreshFailure = DOWN;
    server.createFailure = REFUSED;
    await sleep(598_999);
    expect(await session.getToken()).toBe(token);
    expect(server.requests).toBeLessThanOrEqual(15);
    server.refreshFailure = undefined;
    await sleep(60_000);
    expect(session.state).toBe("ready");
  });

  it("past the refresh token's computed end, less 5 s, create takes its place", async () => {
    const server = new Server();
    server.refreshTtlSecs = 500;
    const session = open(server, { create: server.create });
    await sleep(494_000);
    await session.getToken({ forceRefresh: true });
    expect([server.refreshes, server.creates]).toEqual([[494_000], []]);
    await sleep(1000);
    await session.getToken({ forceRefresh: true });
    expect([server.refreshes, server.creates]).toEqual([[494_000], [495_000]]);
  });
});
