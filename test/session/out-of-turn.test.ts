import { describe, expect, it } from "vitest";
import {
  DOWN,
  FORCED,
  NOON,
  PAGE_EVENTS,
  REFUSED,
  rejection,
  responseOf,
  settle,
  setUp,
  setUpReady,
  setUpStarted,
  sleep,
  stepWallClock,
  stubPage,
  track,
  useFakeTime,
} from "./support.ts";

useFakeTime();

/** When the pause ends that a session in a long pause is in, in milliseconds since noon. */
const IN_TURN_AT = 127_500;

/** A started session after eight refusals, 70 s after noon, and its requests from then on. */
async function setUpInLongPause() {
  const { server, session } = await setUpStarted({ always: REFUSED });
  await sleep(70_000);
  const earlier = server.count;
  expect(session.getSnapshot().retryAt).toBe(NOON + IN_TURN_AT);
  return { server, session, timesSince: () => server.times.slice(earlier) };
}

describe("forceRefresh", () => {
  it("renews a token that is fresh, and rejects with the error while that token is still valid", async () => {
    const { server, session, token } = await setUpReady();
    await sleep(1000);
    const renewed = await session.getToken(FORCED);
    expect(renewed).not.toBe(token);
    await sleep(1000);
    server.always = DOWN;
    expect((await rejection(session.getToken(FORCED))).code).toBe("server_error");
    expect(await session.getToken()).toBe(renewed);
    expect(session.getSnapshot().state).toBe("degraded");
  });

  it("joins an attempt that is under way", async () => {
    const { server, session } = await setUpReady();
    await sleep(1000);
    server.latencyMs = 2000;
    const first = track(session.getToken(FORCED));
    await sleep(1999);
    const second = track(session.getToken(FORCED));
    await sleep(1);
    expect(first).toEqual({ value: session.getSnapshot().token, settledAt: 3000 });
    expect(second).toEqual(first);
    expect(server.count).toBe(2);
  });

  it("after a success it is put off to the end of a second since the last request, and not dropped", async () => {
    const { server, session } = await setUpReady();
    await sleep(400);
    const waiting = track(session.getToken(FORCED));
    await sleep(600);
    expect(waiting).toEqual({ value: session.getSnapshot().token, settledAt: 1000 });
    expect(server.times).toEqual([0, 1000]);
  });

  it("in a pause it is a Try again button: five, 1.5 s apart, are five requests, and the next in turn is as it was", async () => {
    const { session, timesSince } = await setUpInLongPause();
    for (let i = 0; i < 5; i++) {
      const error = await rejection(session.getToken(FORCED));
      expect(error.code).toBe("forbidden");
      expect(session.getSnapshot().error).toBe(error);
      expect(session.getSnapshot().retryAt).toBe(NOON + IN_TURN_AT);
      await sleep(1500);
    }
    await sleep(50_000);
    expect(timesSince()).toEqual([70_000, 71_500, 73_000, 74_500, 76_000, IN_TURN_AT]);
    expect(session.getSnapshot().retryAt).toBe(NOON + IN_TURN_AT + 128_000);
  });

  it("a Retry-After of the attempt out of turn itself puts the next in turn off", async () => {
    const { server, session } = await setUpStarted({ always: DOWN });
    await sleep(5000);
    server.next.push(() => responseOf(429, {}, { "retry-after": "40" }));
    await rejection(session.getToken(FORCED));
    expect(session.getSnapshot().retryAt).toBe(NOON + 45_000);
  });

  it("one that fails by the network ends the long pause after refusals: the next in turn is at most 30 s later", async () => {
    const { server, session } = await setUpInLongPause();
    server.always = DOWN;
    await rejection(session.getToken(FORCED));
    expect(session.getSnapshot().retryAt).toBe(NOON + 70_000 + 30_000);
  });

  it("one that fails while nothing had failed counts, and is the first of the pauses", async () => {
    const { server, session } = await setUpStarted();
    await sleep(100_000);
    server.always = DOWN;
    await rejection(session.getToken(FORCED));
    expect(session.getSnapshot().retryAt).toBe(NOON + 100_500);
    await sleep(500);
    expect(session.getSnapshot().retryAt).toBe(NOON + 101_500);
  });

  it("one that is rejected at once, because the pause is long, sets off nothing", async () => {
    const { server, session } = setUp({ always: () => responseOf(429, {}, { "retry-after": "100" }) });
    await rejection(session.getToken());
    await rejection(session.getToken(FORCED));
    await sleep(400_000);
    expect(server.count).toBe(1);
  });

  it("a caller that comes while it is put off waits with it, and does not take its haste away", async () => {
    const { session, timesSince } = await setUpInLongPause();
    await rejection(session.getToken(FORCED));
    track(session.getToken(FORCED));
    const other = track(session.getToken());
    await sleep(1000);
    expect(other).toMatchObject({ error: { code: "forbidden" }, settledAt: 71_000 });
    expect(timesSince()).toEqual([70_000, 71_000]);
  });

  it("another caller that leaves while it is put off does not take its haste away", async () => {
    const { session, timesSince } = await setUpInLongPause();
    await rejection(session.getToken(FORCED));
    track(session.getToken(FORCED));
    const other = new AbortController();
    track(session.getToken({ signal: other.signal }));
    await sleep(500);
    other.abort();
    await sleep(500);
    expect(timesSince()).toEqual([70_000, 71_000]);
  });

  it("a caller that leaves while its attempt is put off takes the haste with it", async () => {
    const { session, timesSince } = await setUpInLongPause();
    await rejection(session.getToken(FORCED));
    const caller = new AbortController();
    const waiting = track(session.getToken({ signal: caller.signal, ...FORCED }));
    await sleep(500);
    caller.abort("mine");
    await sleep(50_000);
    expect(waiting).toEqual({ error: "mine", settledAt: 70_500 });
    expect(timesSince()).toEqual([70_000]);
  });
});

describe("an attempt out of turn that is under way", () => {
  it("is waited for by every caller, however long the pause is that it was begun in", async () => {
    const { server, session } = await setUpInLongPause();
    Object.assign(server, { always: undefined, latencyMs: 2000 });
    session.start(); // the page is back
    await sleep(500);
    const callers = [track(session.getToken()), track(session.getToken(FORCED))];
    await sleep(1500);
    const renewed = { value: session.getSnapshot().token, settledAt: 72_000 };
    expect(callers).toEqual([renewed, renewed]);
  });

  it("leaves no haste behind for those that joined it", async () => {
    const { server, session, timesSince } = await setUpInLongPause();
    server.latencyMs = 2000;
    track(session.getToken(FORCED));
    await sleep(1500);
    const joined = track(session.getToken(FORCED));
    await sleep(50_000);
    expect(joined).toMatchObject({ error: { code: "forbidden" }, settledAt: 72_000 });
    expect(timesSince()).toEqual([70_000]);
  });
});

describe("a page that is back", () => {
  it.each(PAGE_EVENTS)(
    "%s: a fresh token stays, one that is due is renewed; after a failure one attempt a second is made at once",
    async (name) => {
      const page = stubPage();
      const { server } = await setUpStarted();
      await sleep(29_000);
      page.send(name, { persisted: true });
      await settle();
      expect(server.times).toEqual([0]);
      stepWallClock(460_000);
      server.always = REFUSED;
      page.send(name, { persisted: true });
      await sleep(100_000);
      const earlier = server.count;
      for (let i = 0; i < 30; i++) {
        page.send(name, { persisted: true });
        await sleep(100);
      }
      expect(server.times[1]).toBe(489_000);
      expect(server.times.slice(earlier)).toEqual([589_000, 590_000, 591_000, 592_000]);
    },
  );

  it("a page that is hidden, or that is shown for the first time, is not back; its network can be", async () => {
    const page = stubPage();
    const { timesSince } = await setUpInLongPause();
    page.document.visibilityState = "hidden";
    page.send("visibilitychange");
    page.send("pageshow", { persisted: false });
    await sleep(100);
    expect(timesSince()).toEqual([]);
    page.send("online");
    await settle();
    expect(timesSince()).toEqual([70_100]);
  });

  it("start() on a started session is one, for platforms without such events; on a stopped one it is not", async () => {
    const { session, timesSince } = await setUpInLongPause();
    session.start();
    session.start();
    await settle();
    session.stop();
    session.start();
    await sleep(10_000);
    expect(timesSince()).toEqual([70_000]);
    expect(session.getSnapshot().retryAt).toBe(NOON + IN_TURN_AT);
  });

  it("one that is back while an attempt is under way counts if that attempt fails", async () => {
    const page = stubPage();
    const { server, timesSince } = await setUpInLongPause();
    server.latencyMs = 200;
    await sleep(57_500 + 100);
    page.send("online");
    await sleep(10_000);
    expect(timesSince()).toEqual([IN_TURN_AT, IN_TURN_AT + 1000]);
  });

  it("stop() ends the haste of a page that came back within the second", async () => {
    const { session, timesSince } = await setUpInLongPause();
    session.start();
    await settle();
    session.start();
    session.stop();
    expect((await rejection(session.getToken())).retryAfterMs).toBe(57_500);
    await sleep(10_000);
    expect(timesSince()).toEqual([70_000]);
  });

  it("nothing listens before start(), after stop() and after close(), however often they are called", () => {
    const page = stubPage();
    const { session } = setUp();
    expect(page.countListeners()).toBe(0);
    session.start();
    session.start();
    expect(page.countListeners()).toBe(4);
    session.stop();
    session.stop();
    expect(page.countListeners()).toBe(0);
    session.start();
    session.close();
    expect(page.countListeners()).toBe(0);
  });
});
