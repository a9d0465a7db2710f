import { describe, expect, it, vi } from "vitest";
import {
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
  async function happen(name: string, { page, document }: ReturnType<typeof stubPage>) {
    const target = name === "visibilitychange" ? document : page;
    target.dispatchEvent(name === "pageshow" ? pageshow(true) : new Event(name));
    await settle();
  }

  /** A started session whose every refresh fails after 200 ms. */
  function openFailing() {
    const server = new Server();
    server.latencyMs = 200;
    server.refreshFailure = new TypeError("Failed to fetch");
    const session = open(server);
    const told = record(session);
    session.start();
    return { server, session, told };
  }

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
    const { server, session, told } = openFailing();
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
    server.silent = true;
    const session = open(server);
    const told = record(session);
    session.start();
    await sleep(480_100);
    server.silent = false;
    stepWallClock(3_600_000);
    const waiting = session.getToken();
    document.dispatchEvent(new Event("visibilitychange"));
    await sleep(500);
    expect(await waiting).toBe(session.grant?.token);
    expect(told.error).toMatchObject([{ error: { code: "timeout" } }]);
    expect(session.state).toBe("ready");
    expect(server.requests).toBe(2);
  });

  it("a caller from before the sleep gets the timeout of its request, a caller at waking the next attempt", async () => {
    const server = new Server();
    server.ttlSecs = 10;
    server.silent = true;
    const session = open(server);
    await sleep(10_000);
    const before = rejection(session.getToken());
    await sleep(1000);
    stepWallClock(3_600_000);
    server.silent = false;
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

  it.each(["focus", "visibilitychange", "pageshow"])(
    "%s leaves the pause after a transient failure as it is, both during the attempt and after it",
    async (name) => {
      const page = stubPage();
      const { server, told } = openFailing();
      await sleep(484_200); // the fourth attempt is under way
      await happen(name, page);
      await sleep(100);
      expect(told.error.at(-1)?.retryInMs).toBe(4000);
      await sleep(1500);
      await happen(name, page);
      await sleep(1000);
      expect(server.refreshes.at(-1)).toBe(484_100);
    },
  );

  it("online brings the next attempt as soon as the server allows, though the session's own pause is longer", async () => {
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
      const page = stubPage();
      vi.spyOn(Math, "random").mockReturnValue(0.999);
      const server = new Server();
      server.createFailure = REFUSED;
      const session = open(server, { grant: undefined, create: server.create });
      session.start();
      await sleep(29_999);
      await happen(name, page);
      expect(server.creates).toEqual([0]);
      await sleep(1);
      await happen(name, page);
      await happen(name, page);
      expect(server.creates).toEqual([0, 30_000]);
      server.createFailure = undefined;
      await sleep(30_000);
      await happen(name, page);
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
});
