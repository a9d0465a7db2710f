import { describe, expect, it } from "vitest";
import {
  DOWN,
  NOON,
  open,
  openReady,
  REFUSED,
  rejection,
  responseOf,
  Server,
  settle,
  sleep,
  stepWallClock,
  stubPage,
  track,
  until,
  useFakeTime,
  useRandom,
} from "./support.ts";

useFakeTime();

const forced = { forceRefresh: true };

describe("forceRefresh", () => {
  it("renews a token that is fresh, and rejects with the error while that token is still valid", async () => {
    const server = new Server();
    const session = await openReady(server);
    const token = await session.getToken();
    await sleep(1000);
    const renewed = await session.getToken(forced);
    expect(renewed).not.toBe(token);
    await sleep(1000);
    server.always = DOWN;
    expect((await rejection(session.getToken(forced))).code).toBe("server_error");
    expect(await session.getToken()).toBe(renewed);
    expect(session.getSnapshot().state).toBe("degraded");
  });

  it("joins an attempt that is under way", async () => {
    const server = new Server();
    const session = await openReady(server);
    await sleep(1000);
    server.latencyMs = 2000;
    const first = session.getToken(forced);
    await sleep(1999);
    const second = session.getToken(forced);
    await sleep(1);
    expect(await second).toBe(await first);
    expect(server.count).toBe(2);
  });

  it("one that joined an attempt which fails sets off no other", async () => {
    const server = new Server();
    server.always = DOWN;
    server.latencyMs = 2000;
    const session = open(server);
    track(session.getToken());
    const waiting = track(session.getToken(forced));
    await sleep(2000);
    expect(waiting.isPending).toBe(false);
    await sleep(60_000);
    expect(server.count).toBe(1);
  });

  it("after a success it is put off to the end of a second since the last request, and not dropped", async () => {
    const server = new Server();
    const session = await openReady(server);
    await sleep(400);
    const waiting = track(session.getToken(forced));
    await sleep(599);
    expect(waiting.isPending).toBe(true);
    await sleep(1);
    expect(waiting.value).toBe(session.getSnapshot().token);
    expect(server.times).toEqual([0, 1000]);
  });

  it("in a pause it is a Try again button: one request at once", async () => {
    useRandom(0.999);
    const server = new Server();
    server.always = until(120_000, { status: 404 });
    const session = open(server);
    session.start();
    await sleep(120_000);
    const before = server.count;
    expect(await session.getToken(forced)).toBe(session.getSnapshot().token);
    expect(server.count).toBe(before + 1);
  });

  it("five of them, 1.5 s apart, against a 404 are five requests, and the next in turn is as it was", async () => {
    const server = new Server();
    server.always = { status: 404 };
    const session = open(server);
    session.start();
    await sleep(70_000);
    const { retryAt } = session.getSnapshot();
    const before = server.count;
    for (let i = 0; i < 5; i++) {
      const error = await rejection(session.getToken(forced));
      expect(error.code).toBe("not_found");
      expect(session.getSnapshot().error).toBe(error);
      await sleep(1500);
    }
    expect(server.count).toBe(before + 5);
    expect(session.getSnapshot().retryAt).toBe(retryAt);
    await sleep(Number(retryAt) - Date.now() - 1);
    expect(server.count).toBe(before + 5);
    await sleep(1);
    expect(server.count).toBe(before + 6);
    expect(Number(session.getSnapshot().retryAt) - Number(retryAt)).toBe(128_000);
  });

  it("a Retry-After of the attempt out of turn itself puts the next in turn off", async () => {
    const server = new Server();
    server.always = DOWN;
    const session = open(server);
    session.start();
    await sleep(5000);
    server.next.push(() => responseOf(429, {}, { "retry-after": "40" }));
    await rejection(session.getToken(forced));
    expect(session.getSnapshot().retryAt).toBe(NOON + 45_000);
  });

  it("one that fails while nothing had failed counts, and is the first of the pauses", async () => {
    const server = new Server();
    const session = await openReady(server);
    session.start();
    await sleep(100_000);
    server.always = DOWN;
    await rejection(session.getToken(forced));
    expect(session.getSnapshot().retryAt).toBe(NOON + 100_500);
    await sleep(500);
    expect(session.getSnapshot().retryAt).toBe(NOON + 101_500);
  });

  it("one that is rejected at once, because the pause is long, sets off nothing", async () => {
    const server = new Server();
    server.always = () => responseOf(429, {}, { "retry-after": "100" });
    const session = open(server);
    await rejection(session.getToken());
    await rejection(session.getToken(forced));
    await sleep(400_000);
    expect(server.count).toBe(1);
  });

  it("a caller that leaves while its attempt is put off takes the haste with it", async () => {
    const server = new Server();
    server.always = REFUSED;
    const session = open(server);
    session.start();
    await sleep(70_000);
    await rejection(session.getToken(forced));
    const before = server.count;
    const caller = new AbortController();
    const waiting = track(session.getToken({ signal: caller.signal, ...forced }));
    await sleep(500);
    caller.abort("mine");
    await sleep(50_000);
    expect(waiting.error).toBe("mine");
    expect(server.count).toBe(before);
  });
});

describe("an attempt out of turn that is under way", () => {
  it("is waited for by every caller, however long the pause is that it was begun in", async () => {
    const server = new Server();
    server.always = REFUSED;
    const session = open(server);
    session.start();
    await sleep(70_000);
    server.always = undefined;
    server.latencyMs = 2000;
    session.start(); // the page is back
    await sleep(500);
    const callers = [track(session.getToken()), track(session.getToken(forced))];
    await sleep(1500);
    const { token } = session.getSnapshot();
    expect(token).toBeTypeOf("string");
    expect(callers.map(({ value }) => value)).toEqual([token, token]);
  });

  it("leaves no haste behind for those that joined it", async () => {
    const server = new Server();
    server.always = REFUSED;
    const session = open(server);
    session.start();
    await sleep(70_000);
    server.latencyMs = 2000;
    track(session.getToken(forced));
    await sleep(1500);
    track(session.getToken(forced));
    const before = server.count;
    await sleep(50_000);
    expect(server.count).toBe(before);
  });
});

describe("a page that is back", () => {
  const EVENTS = [["visibilitychange"], ["focus"], ["online"], ["pageshow"]];
  const back = (page: ReturnType<typeof stubPage>, name: string) => page.send(name, { persisted: true });

  it.each(EVENTS)(
    "%s: nothing happens while the token is fresh; one that is due is renewed",
    async (name) => {
      const page = stubPage();
      const server = new Server();
      open(server).start();
      await sleep(29_000);
      back(page, name);
      await settle();
      expect(server.count).toBe(1);
      stepWallClock(460_000);
      back(page, name);
      await settle();
      expect(server.count).toBe(2);
    },
  );

  it.each(EVENTS)("%s: after a failure one attempt is made at once, at most one a second", async (name) => {
    const page = stubPage();
    const server = new Server();
    server.always = REFUSED;
    open(server).start();
    await sleep(100_000);
    const before = server.count;
    for (let i = 0; i < 30; i++) {
      back(page, name);
      await sleep(100);
    }
    expect(server.times.slice(before)).toEqual([100_000, 101_000, 102_000, 103_000]);
  });

  it("a page that is hidden, or that is shown for the first time, is not back", async () => {
    const page = stubPage();
    const server = new Server();
    server.always = DOWN;
    open(server).start();
    await sleep(100_000);
    const before = server.count;
    page.document.visibilityState = "hidden";
    page.send("visibilitychange");
    page.send("pageshow", { persisted: false });
    await sleep(100);
    expect(server.count).toBe(before);
  });

  it("start() on a started session is one, for platforms without such events", async () => {
    const server = new Server();
    server.always = REFUSED;
    const session = open(server);
    session.start();
    await sleep(100_000);
    const { retryAt } = session.getSnapshot();
    const before = server.count;
    session.start();
    session.start();
    await settle();
    expect(server.count).toBe(before + 1);
    expect(session.getSnapshot().retryAt).toBe(retryAt);
  });

  it("start() on a stopped session goes by the pause", async () => {
    const server = new Server();
    server.always = REFUSED;
    const session = open(server);
    session.start();
    await sleep(100_000);
    const before = server.count;
    session.start();
    session.stop();
    await settle();
    session.start();
    await settle();
    expect(server.count).toBe(before + 1);
  });

  it("one that is back while an attempt is under way counts if that attempt fails", async () => {
    const page = stubPage();
    const server = new Server();
    server.always = DOWN;
    open(server).start();
    await sleep(100_000);
    server.latencyMs = 200;
    while (server.times.at(-1) !== Date.now() - NOON) await sleep(100);
    const before = server.count;
    page.send("online");
    await sleep(999);
    expect(server.count).toBe(before);
    await sleep(1);
    expect(server.count).toBe(before + 1);
    await sleep(2000);
    expect(server.count).toBe(before + 1);
  });

  it("stop() ends the haste of a page that came back within the second", async () => {
    const server = new Server();
    server.always = REFUSED;
    const session = open(server);
    session.start();
    await sleep(70_000);
    session.start();
    await settle();
    session.start();
    session.stop();
    const before = server.count;
    expect((await rejection(session.getToken())).retryAfterMs).toBeGreaterThan(15_000);
    await sleep(10_000);
    expect(server.count).toBe(before);
  });

  it("nothing listens before start(), after stop() and after close(), however often they are called", () => {
    const page = stubPage();
    const session = open(new Server());
    expect(page.listeners.size).toBe(0);
    session.start();
    session.start();
    expect(page.listeners.size).toBe(4);
    session.stop();
    session.stop();
    expect(page.listeners.size).toBe(0);
    session.start();
    session.close();
    expect(page.listeners.size).toBe(0);
  });
});
