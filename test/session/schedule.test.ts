import { describe, expect, it, vi } from "vitest";
import { RoomTokenSession } from "../../src/session/index.ts";
import { DOWN, open, record, Server, settle, sleep, stepWallClock, useFakeTime } from "./support.ts";

useFakeTime();
const boom = () => {
  throw new Error("forbidden in global scope");
};

describe("one timer", () => {
  it("nothing runs until start", async () => {
    const server = new Server();
    const session = open(server);
    expect(vi.getTimerCount()).toBe(0);
    await sleep(10_000_000);
    expect(server.requests).toBe(0);
    session.start();
    session.start();
    await settle();
    expect(server.requests).toBe(1);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("start, stop, start, as React mounts effects twice: one request, one timer", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { grant: undefined, create: server.create });
    session.start();
    session.stop();
    session.start();
    await sleep(100);
    expect(server.requests).toBe(1);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("stop ends the renewing and leaves no timer; getToken goes on to work", async () => {
    const server = new Server();
    const session = open(server);
    session.start();
    session.stop();
    expect(vi.getTimerCount()).toBe(0);
    await sleep(1_000_000);
    expect(server.requests).toBe(0);
    expect(await session.getToken()).toBe(session.grant?.token);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("the constructor makes no request, sets no timer, and draws no random number", () => {
    vi.stubGlobal("setTimeout", boom);
    vi.stubGlobal("fetch", boom);
    vi.stubGlobal("crypto", { getRandomValues: boom, randomUUID: boom });
    vi.spyOn(Math, "random").mockImplementation(boom);
    const server = new Server();
    const session = new RoomTokenSession({
      grant: server.savedGrant(),
      create: server.create,
    });
    expect(session.state).toBe("ready");
    expect(new RoomTokenSession({ create: server.create }).state).toBe("idle");
  });

  it("without a grant nothing reads a clock or draws a number before it is asked, as prerendering demands", async () => {
    const clocks = [vi.spyOn(Date, "now"), vi.spyOn(performance, "now"), vi.spyOn(Math, "random")];
    const timers = vi.spyOn(globalThis, "setTimeout");
    const server = new Server();
    const session = open(server, { grant: undefined, create: server.create });
    session.on("token", () => {});
    expect(session).toMatchObject({
      state: "idle",
      grant: undefined,
      tokenValidForMs: 0,
      tokenExpiresAt: undefined,
      refreshTokenExpiresAt: undefined,
    });
    for (const spy of [...clocks, timers]) expect(spy).not.toHaveBeenCalled();
    await session.getToken();
    for (const spy of clocks.slice(0, 2)) expect(spy).toHaveBeenCalled();
  });

  it("a runtime whose timers are numbers is fine", async () => {
    const real = globalThis.setTimeout;
    vi.stubGlobal("setTimeout", (ring: () => void, ms: number) => Number(real(ring, ms)));
    const server = new Server();
    open(server).start();
    await sleep(480_000);
    expect(server.requests).toBe(1);
  });

  it("the timer keeps no process alive, except while somebody waits for it", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const lastHasRef = () => timers.mock.results.at(-1)?.value.hasRef();
    const server = new Server();
    const session = open(server, { grant: undefined, create: server.create });
    server.createFailure = DOWN;
    session.start();
    await settle();
    expect(lastHasRef()).toBe(false);
    const waiting = session.getToken();
    expect(lastHasRef()).toBe(true);
    server.createFailure = undefined;
    await sleep(1000);
    await waiting;
    expect(lastHasRef()).toBe(false);
  });

  it("without document, performance, process and URL it works", async () => {
    vi.stubGlobal("performance", undefined);
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("URL", undefined);
    const server = new Server();
    const session = open(server);
    session.start();
    await sleep(480_000);
    expect(server.requests).toBe(1);
    session.close();
  });

  it("waking from sleep is noticed within 30 s, though the timer's own time has not come", async () => {
    const server = new Server();
    const session = open(server);
    session.start();
    await sleep(100_000);
    stepWallClock(3_600_000);
    await sleep(30_000);
    expect(server.requests).toBe(1);
    expect(session.state).toBe("ready");
  });

  it("a timer that comes after the token's death never makes getToken return a dead token", async () => {
    const server = new Server();
    const held: (() => void)[] = [];
    const session = open(server);
    const old = await session.getToken();
    vi.stubGlobal("setTimeout", (ring: () => void) => held.push(ring));
    session.start();
    vi.advanceTimersByTime(600_000);
    expect(await session.getToken()).not.toBe(old);
    expect(held.length).toBeGreaterThan(0);
    for (const ring of held.splice(0)) ring();
    await settle();
    expect(server.requests).toBe(1);
  });

  it("the token's death is told at its moment", async () => {
    const server = new Server();
    const session = open(server);
    const told = record(session);
    session.start();
    server.refreshFailure = DOWN;
    await sleep(598_999);
    expect(told.state.map(({ state }) => state)).toEqual(["degraded"]);
    await sleep(1);
    expect(told.state.map(({ state }) => state)).toEqual(["degraded", "expired"]);
    server.refreshFailure = undefined;
    await sleep(30_000);
    expect(told.state.map(({ state }) => state)).toEqual(["degraded", "expired", "ready"]);
  });
});
