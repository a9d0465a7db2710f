import { describe, expect, it } from "vitest";
import {
  DOWN,
  FORCED,
  HOUR,
  NOON,
  open,
  REFUSED,
  rejection,
  responseOf,
  Server,
  settle,
  setUp,
  setUpStarted,
  sleep,
  track,
  until,
  useFakeTime,
  useRandom,
} from "./support.ts";

useFakeTime();

/** How long the pauses between requests were, in seconds. */
const pauses = ({ times }: Server) => times.slice(1).map((at, i) => (at - (times[i] ?? 0)) / 1000);

describe("after a failure the session tries again by itself", () => {
  it.each([
    ["transient, shortest", DOWN, 0, [0.5, 1, 2, 4, 8, 15, 15, 15]],
    ["transient, longest", DOWN, 1, [1, 2, 4, 8, 16, 30, 30, 30]],
    ["refused, shortest", REFUSED, 0, [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150]],
    ["refused, longest", REFUSED, 1, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]],
  ])("in pauses that double up to a cap, and retryAt shows each: %s", async (_, always, random, expected) => {
    useRandom(random);
    const { server, session } = await setUpStarted({ always });
    for (let attempt = 1; attempt <= expected.length; attempt++) {
      const { state, retryAt } = session.getSnapshot();
      expect(state).toBe("failed");
      await sleep(Number(retryAt) - Date.now());
      expect(NOON + Number(server.times[attempt])).toBe(retryAt);
    }
    expect(pauses(server)).toEqual(expected);
  });

  it("a refusal that goes on forever costs few requests", async () => {
    const { server } = await setUpStarted({ always: REFUSED });
    await sleep(HOUR / 2);
    const inFirstHalfHour = server.count;
    expect(inFirstHalfHour).toBeLessThanOrEqual(22);
    await sleep(HOUR);
    expect(server.count - inFirstHalfHour).toBeLessThanOrEqual(25);
  });

  it.each([
    ["a deploy of 7 s", 7000, 16_000, 0],
    ["a deploy of 7 s", 7000, 16_000, 0.5],
    ["a deploy of 7 s", 7000, 16_000, 0.999],
    ["404s for 2 min", 120_000, 150_000, 0],
    ["404s for 2 min", 120_000, 150_000, 0.5],
    ["404s for 2 min", 120_000, 150_000, 0.999],
  ])(
    "%s (%i ms) are over for it %i ms later at the latest (random %d)",
    async (_, failsForMs, restMs, random) => {
      useRandom(random);
      const { session } = await setUpStarted({ always: until(failsForMs, { status: 404 }) });
      await sleep(failsForMs + restMs);
      expect(session.getSnapshot().state).toBe("ready");
    },
  );

  it("with a saved grant whose refresh token is long over, a deploy takes as long", async () => {
    useRandom(0.999);
    const server = new Server();
    const grant = server.grant();
    await sleep(8 * HOUR);
    server.always = until(8 * HOUR + 7000, { status: 404 });
    const session = open(server, { grant, refresh: () => Promise.reject(REFUSED) });
    session.start();
    await sleep(7000 + 16_000);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a refresh that is refused once, with 100 s left and no create, is made again within 2 s", async () => {
    const server = new Server();
    const session = open(server, { grant: server.grant(), create: undefined });
    session.start();
    server.next.push(REFUSED);
    await sleep(499_000);
    expect(server.operations).toBe("rr");
    expect(pauses(server)).toEqual([0.5]);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a success ends it: the next failure has the first pause again", async () => {
    const { server, session } = await setUpStarted({ always: DOWN });
    await sleep(10_000);
    server.always = undefined;
    await sleep(20_000);
    expect(session.getSnapshot()).toMatchObject({ state: "ready", error: undefined, retryAt: undefined });
    server.always = DOWN;
    const earlier = server.count;
    await sleep(500_000);
    expect(pauses(server).slice(earlier, earlier + 2)).toEqual([0.5, 1]);
  });
});

describe("what the server asks for", () => {
  const limited = (retryAfter: string) => () => responseOf(429, {}, { "retry-after": retryAfter });

  it("Retry-After is kept to, also by forceRefresh and by a page that is back", async () => {
    const { server, session } = await setUpStarted({ always: limited("7") });
    for (let second = 0; second < 7; second++) {
      session.start();
      track(session.getToken(FORCED));
      await sleep(1000);
    }
    expect(server.times).toEqual([0, 7000]);
  });

  it("it is kept to after a refusal too", async () => {
    const { server } = await setUpStarted({ always: () => responseOf(403, {}, { "retry-after": "20" }) });
    await sleep(20_000);
    expect(server.times).toEqual([0, 20_000]);
  });

  it("it is kept to for 300 s, and no longer", async () => {
    const { server } = await setUpStarted({ always: limited("86400") });
    await sleep(300_000);
    expect(server.times).toEqual([0, 300_000]);
  });

  it.each(["soon", "-5", "1abc", "Infinity", "Sun, 06 Nov 1994 08:49:37 GMT", ""])(
    "%j is none",
    async (text) => {
      const { session } = await setUpStarted({ always: limited(text) });
      expect(session.getSnapshot().retryAt).toBe(NOON + 500);
    },
  );

  it("the own pause counts where it is longer", async () => {
    const { server } = await setUpStarted({ always: limited("1") });
    await sleep(60_000);
    expect(pauses(server).slice(0, 5)).toEqual([1, 1, 2, 4, 8]);
  });
});

describe("a caller in a pause", () => {
  it("waits for its end, and does not shorten it", async () => {
    const { server, session } = setUp({ next: [DOWN, DOWN, DOWN] });
    for (const endsAt of [0, 500, 1500, 3500]) {
      const waiting = track(session.getToken());
      await sleep(NOON + endsAt - Date.now());
      await settle();
      expect(waiting.settledAt).toBe(endsAt);
    }
    expect(server.times).toEqual([0, 500, 1500, 3500]);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("gets the last error at once if the pause is longer than timeoutMs, and with it how long it is", async () => {
    const headers = { "retry-after": "60", "x-request-id": "id-1" };
    const { server, session } = setUp({ always: () => responseOf(403, { title: "Not today" }, headers) });
    const first = await rejection(session.getToken());
    await sleep(10_000);
    const second = await rejection(session.getToken());
    const { message, bodyText } = first;
    expect(second).not.toBe(first);
    expect(second).toMatchObject({ ...first, message, bodyText, retryAfterMs: 50_000 });
    expect(second.errors).toEqual([{ title: "Not today" }]);
    await sleep(34_999);
    expect((await rejection(session.getToken(FORCED))).retryAfterMs).toBe(15_001);
    await sleep(1);
    const third = track(session.getToken());
    await sleep(14_999);
    expect(third).toEqual({});
    expect(server.count).toBe(1);
  });

  it("the error of a pause keeps its cause", async () => {
    const thrown = Object.assign(new Error("no cable"), { code: "ENETDOWN", retryAfterMs: 60_000 });
    const { session } = setUp({ always: thrown });
    await rejection(session.getToken());
    const { cause } = await rejection(session.getToken());
    expect(cause).toMatchObject({ message: "no cable", code: "ENETDOWN" });
  });
});
