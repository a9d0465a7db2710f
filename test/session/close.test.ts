import { describe, expect, it, vi } from "vitest";
import type { RoomTokenGrantInput } from "../../src/session/index.ts";
import { DOWN, open, REFUSED, record, rejection, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("close", () => {
  it("aborts the request, rejects who waits, forgets both tokens, and drops the late result", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { create: server.create });
    const told = record(session);
    session.start();
    await sleep(599_000);
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await settle();
    session.close();
    session.close();
    expect(await waiting).toMatchObject({ code: "session_closed" });
    expect(server.signals.at(-1)?.aborted).toBe(true);
    const tokens = told.token.length;
    await sleep(1000);
    expect(told.token).toHaveLength(tokens);
    expect(session).toMatchObject({
      state: "closed",
      grant: undefined,
      tokenExpiresAt: undefined,
      refreshTokenExpiresAt: undefined,
    });
    expect(told.state.at(-1)).toEqual({ state: "closed", previous: "ready" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a session that is closed before its request was sent sends none", async () => {
    const server = new Server();
    const session = open(server, { grant: undefined, create: server.create });
    const waiting = rejection(session.getToken());
    session.close();
    expect(await waiting).toMatchObject({ code: "session_closed" });
    await sleep(1000);
    expect(server.requests).toBe(0);
  });

  it("a result that arrives while the session closes is taken before or dropped, never after", async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const server = new Server();
      let deliver: (grant: RoomTokenGrantInput) => void = () => {};
      const create = () => new Promise<RoomTokenGrantInput>((resolve) => (deliver = resolve));
      const session = open(server, { grant: undefined, create });
      const told = record(session);
      const waiting = session.getToken().catch(() => {});
      await settle();
      deliver(server.grant());
      for (let i = 0; i < ticks; i++) await undefined;
      session.close();
      const before = told.token.length;
      await settle();
      await waiting;
      expect(told.token).toHaveLength(before);
      expect(session).toMatchObject({ state: "closed", grant: undefined });
    }
  });

  it("close between the refusal of the refresh and the create that would follow makes no create", async () => {
    const server = new Server();
    server.refreshFailure = REFUSED;
    const session = open(server, { create: server.create });
    session.on("error", () => session.close());
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "session_closed",
    });
    await sleep(1000);
    expect(server.creates).toEqual([]);
  });

  it("a request that fails after close changes nothing", async () => {
    const server = new Server();
    server.latencyMs = 10;
    server.refreshFailure = DOWN;
    const session = open(server);
    const waiting = rejection(session.getToken({ forceRefresh: true }));
    await sleep(1);
    session.close();
    const told = record(session);
    expect(await waiting).toMatchObject({ code: "session_closed" });
    await sleep(100);
    expect(told.error).toEqual([]);
    expect(await rejection(session.getToken())).toMatchObject({ code: "session_closed" });
    expect(session.state).toBe("closed");
  });

  it("after close nothing works and nothing breaks", async () => {
    const server = new Server();
    const session = open(server);
    session.close();
    expect(() => session.start()).toThrow(expect.objectContaining({ code: "session_closed" }));
    session.stop();
    expect(await rejection(session.getToken())).toMatchObject({ code: "session_closed" });
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "session_closed",
    });
    expect(vi.getTimerCount()).toBe(0);
    expect(server.requests).toBe(0);
  });
});
