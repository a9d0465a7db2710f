import { describe, expect, it, vi } from "vitest";
import { RoomTokenSession } from "../../src/session/index.ts";
import {
  DOWN,
  NOON,
  open,
  REFUSED,
  record,
  rejection,
  Server,
  settle,
  sleep,
  stepWallClock,
  useFakeTime,
} from "./support.ts";

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

  it("the constructor makes no request, no timer, and draws no number", () => {
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

  it("a timer that comes 60 s late never makes getToken return a dead token", async () => {
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

describe("in a page", () => {
  function stubPage() {
    const page = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("window", page);
    vi.stubGlobal("document", document);
    const listening = new Set<unknown>();
    for (const target of [page, document]) {
      const { addEventListener: add, removeEventListener: remove } = target;
      target.addEventListener = (name, listener) => {
        listening.add(listener);
        add.call(target, name, listener);
      };
      target.removeEventListener = (name, listener) => {
        listening.delete(listener);
        remove.call(target, name, listener);
      };
    }
    return { page, document, listening };
  }
  const pageshow = (persisted: boolean) => Object.assign(new Event("pageshow"), { persisted });

  it("visible again: within the margin it renews now, fresh it does nothing", async () => {
    const { document } = stubPage();
    const server = new Server();
    open(server).start();
    await sleep(29_000);
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(server.requests).toBe(0);
    stepWallClock(460_000);
    document.visibilityState = "hidden";
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(server.requests).toBe(0);
    document.visibilityState = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(server.requests).toBe(1);
  });

  it.each(["focus", "online"])("%s: within the margin it renews now, fresh it does nothing", async (name) => {
    const { page } = stubPage();
    const server = new Server();
    open(server).start();
    page.dispatchEvent(new Event(name));
    await settle();
    expect(server.requests).toBe(0);
    stepWallClock(490_000);
    page.dispatchEvent(new Event(name));
    await settle();
    expect(server.requests).toBe(1);
  });

  it("shown again from the back-forward cache with a dead token it renews; a plain pageshow does nothing", async () => {
    const { page } = stubPage();
    const server = new Server();
    open(server).start();
    stepWallClock(3_600_000);
    page.dispatchEvent(pageshow(false));
    await settle();
    expect(server.requests).toBe(0);
    page.dispatchEvent(pageshow(true));
    await settle();
    expect(server.requests).toBe(1);
  });

  it("online tries at once, at most once a second", async () => {
    const { page } = stubPage();
    const server = new Server();
    server.refreshFailure = new TypeError("Failed to fetch");
    open(server).start();
    await sleep(480_000 + 40_000);
    const before = server.requests;
    for (let i = 0; i < 30; i++) {
      page.dispatchEvent(new Event("online"));
      await sleep(100);
    }
    const tried = server.refreshes.slice(before);
    expect(tried).toEqual([520_000, 521_000, 522_000, 523_000]);
  });

  it("online while an attempt is on its way counts when that one fails", async () => {
    const { page } = stubPage();
    const server = new Server();
    server.latencyMs = 200;
    server.refreshFailure = new TypeError("Failed to fetch");
    const session = open(server);
    const told = record(session);
    session.start();
    await sleep(480_000 + 40_000);
    const before = server.requests;
    while (server.requests === before) await sleep(50);
    const sentAt = server.refreshes.at(-1) ?? 0;
    page.dispatchEvent(new Event("online"));
    await sleep(200);
    expect(told.error.at(-1)?.retryInMs).toBe(800);
    server.refreshFailure = undefined;
    await sleep(1000);
    expect(server.refreshes.at(-1)).toBe(sentAt + 1000);
    expect(session.state).toBe("ready");
  });

  it("a request that slept is given up when the page wakes, not when its timer rings", async () => {
    const { document } = stubPage();
    const server = new Server();
    let answers = false;
    const refresh: typeof server.refresh = (input) =>
      answers ? server.refresh(input) : new Promise(() => server.refreshes.push(Date.now() - NOON));
    const session = open(server, { refresh });
    const told = record(session);
    session.start();
    await sleep(480_100);
    answers = true;
    stepWallClock(3_600_000);
    const waiting = session.getToken();
    document.dispatchEvent(new Event("visibilitychange"));
    await sleep(500);
    expect(await waiting).toBe(session.grant?.token);
    expect(told.error).toMatchObject([{ error: { code: "timeout" } }]);
    expect(session.state).toBe("ready");
    expect(server.requests).toBe(2);
  });

  it("who waited for a request before the sleep gets its timeout, who comes at waking the next attempt", async () => {
    const server = new Server();
    server.ttlSecs = 10;
    let answers = false;
    const refresh: typeof server.refresh = (input) =>
      answers ? server.refresh(input) : new Promise(() => server.refreshes.push(Date.now() - NOON));
    const session = open(server, { refresh });
    await sleep(10_000);
    const before = rejection(session.getToken());
    await sleep(1000);
    stepWallClock(3_600_000);
    answers = true;
    const after = [session.getToken(), session.getToken({ forceRefresh: true })];
    expect(await before).toMatchObject({ code: "timeout" });
    await sleep(500);
    expect(await Promise.all(after)).toEqual([session.grant?.token, session.grant?.token]);
    expect(server.requests).toBe(2);
  });

  it("coming back to the page does not shorten a pause, and online not one that the server asked for", async () => {
    const { page, document } = stubPage();
    const server = new Server();
    server.refreshFailure = { status: 429, retryAfterMs: 60_000 };
    open(server).start();
    await sleep(480_000);
    for (const event of ["online", "focus"]) page.dispatchEvent(new Event(event));
    document.dispatchEvent(new Event("visibilitychange"));
    await sleep(59_000);
    expect(server.requests).toBe(1);
  });

  it("online is as soon as the server allows, though the own pause has grown beyond that", async () => {
    const { page } = stubPage();
    const server = new Server();
    server.refreshFailure = { status: 503, retryAfterMs: 2000 };
    open(server).start();
    await sleep(480_000 + 34_000);
    expect(server.refreshes.at(-1)).toBe(513_000);
    page.dispatchEvent(new Event("online"));
    await sleep(999);
    expect(server.refreshes.at(-1)).toBe(513_000);
    await sleep(1);
    expect(server.refreshes.at(-1)).toBe(515_000);
    await sleep(5000);
    page.dispatchEvent(new Event("online"));
    await settle();
    expect(server.refreshes.at(-1)).toBe(520_000);
  });

  it.each(["focus", "online", "visibilitychange", "pageshow"])(
    "after a refusal %s asks again at once, if the last attempt is 30 s old",
    async (name) => {
      const { page, document } = stubPage();
      vi.spyOn(Math, "random").mockReturnValue(0.999);
      const server = new Server();
      server.createFailure = REFUSED;
      const session = open(server, { grant: undefined, create: server.create });
      session.start();
      const happen = async () => {
        const target = name === "visibilitychange" ? document : page;
        target.dispatchEvent(name === "pageshow" ? pageshow(true) : new Event(name));
        await settle();
      };
      await sleep(29_999);
      await happen();
      expect(server.creates).toEqual([0]);
      await sleep(1);
      await happen();
      await happen();
      expect(server.creates).toEqual([0, 30_000]);
      server.createFailure = undefined;
      await sleep(30_000);
      await happen();
      expect(session.state).toBe("ready");
    },
  );

  it("stop and close take every listener off the page", async () => {
    const { listening } = stubPage();
    const session = open(new Server());
    expect(listening.size).toBe(0);
    session.start();
    session.start();
    expect(listening.size).toBe(4);
    session.stop();
    expect(listening.size).toBe(0);
    session.start();
    expect(listening.size).toBe(4);
    session.close();
    expect(listening.size).toBe(0);
  });

  it("a document alone, as some test environments have it, is no reason to fail", async () => {
    vi.stubGlobal("document", new EventTarget());
    const session = open(new Server());
    session.start();
    session.close();
    expect(await rejection(session.getToken())).toMatchObject({ code: "session_closed" });
  });
});
