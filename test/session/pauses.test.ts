import { describe, expect, it } from "vitest";
import {
  DOWN,
  HOUR,
  NOON,
  open,
  openReady,
  REFUSED,
  rejection,
  responseOf,
  Server,
  settle,
  sleep,
  track,
  until,
  useFakeTime,
  useRandom,
} from "./support.ts";

useFakeTime();

/** A started session whose requests all fail, and its server. */
async function openFailing(failure: object) {
  const server = new Server();
  server.always = failure;
  const session = open(server);
  session.start();
  await settle();
  return { server, session };
}

/** How long the pauses between requests were, in seconds. */
const pauses = ({ times }: Server) => times.slice(1).map((at, i) => (at - (times[i] ?? 0)) / 1000);

describe("after a failure the session tries again by itself", () => {
  it.each([
    ["transient, shortest", DOWN, 0, [0.5, 1, 2, 4, 8, 15, 15, 15]],
    ["transient, longest", DOWN, 1, [1, 2, 4, 8, 16, 30, 30, 30]],
    ["refused, shortest", REFUSED, 0, [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150]],
    ["refused, longest", REFUSED, 1, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]],
  ])("in pauses that double up to a cap: %s", async (_, failure, random, expected) => {
    useRandom(random);
    const { server } = await openFailing(failure);
    await sleep(HOUR);
    expect(pauses(server).slice(0, expected.length)).toEqual(expected);
  });

  it("retryAt tells each, in the time of the device's clock, without and with a valid token", async () => {
    const { server, session } = await openFailing(DOWN);
    for (let attempt = 1; attempt <= 7; attempt++) {
      const { state, retryAt } = session.getSnapshot();
      expect(state).toBe("failed");
      await sleep(Number(retryAt) - Date.now() - 1);
      expect(server.count).toBe(attempt);
      await sleep(1);
      expect(server.count).toBe(attempt + 1);
    }
    const lucky = new Server();
    const ready = await openReady(lucky);
    ready.start();
    lucky.always = DOWN;
    const readyAt = NOON + (lucky.times[0] ?? 0);
    await sleep(480_000);
    expect(ready.getSnapshot()).toMatchObject({ state: "degraded", retryAt: readyAt + 480_500 });
  });

  it("a refusal that goes on forever costs few requests", async () => {
    const { server } = await openFailing(REFUSED);
    await sleep(HOUR / 2);
    const inFirstHalfHour = server.count;
    expect(inFirstHalfHour).toBeLessThanOrEqual(22);
    await sleep(HOUR);
    expect(server.count - inFirstHalfHour).toBeLessThanOrEqual(25);
  });

  it.each([0, 0.5, 0.999])(
    "a deploy of 7 s is over for it 16 s later at the latest (random %d)",
    async (random) => {
      useRandom(random);
      const { session } = await openFailing(until(7000, { status: 404 }));
      await sleep(7000 + 16_000);
      expect(session.getSnapshot().state).toBe("ready");
    },
  );

  it.each([0, 0.5, 0.999])(
    "404s for 2 min are over for it 150 s later at the latest (random %d)",
    async (random) => {
      useRandom(random);
      const { session } = await openFailing(until(120_000, { status: 404 }));
      await sleep(120_000 + 150_000);
      expect(session.getSnapshot().state).toBe("ready");
    },
  );

  it.each([0, 0.999])(
    "with a saved grant whose refresh token is long over, a deploy takes as long (random %d)",
    async (random) => {
      useRandom(random);
      const server = new Server();
      const grant = server.grant();
      await sleep(8 * HOUR);
      const startedAt = Date.now() - NOON;
      const deploy = until(startedAt + 7000, { status: 404 });
      const create = async (input: { signal: AbortSignal }) => {
        deploy();
        return server.create(input);
      };
      const session = open(server, { grant, create, refresh: () => Promise.reject(REFUSED) });
      session.start();
      await sleep(7000 + 16_000);
      expect(session.getSnapshot().state).toBe("ready");
    },
  );

  it("a refresh that is refused once, with 100 s left and no create, is made again within 2 s", async () => {
    const server = new Server();
    const grant = server.grant();
    const session = open(server, { grant, create: undefined });
    session.start();
    server.next.push(REFUSED);
    await sleep(499_000);
    expect(server.operations).toBe("rr");
    expect(pauses(server)).toEqual([0.5]);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a success ends it: the next failure has the first pause again", async () => {
    const { server, session } = await openFailing(DOWN);
    await sleep(10_000);
    server.always = undefined;
    await sleep(20_000);
    expect(session.getSnapshot()).toMatchObject({ state: "ready", error: undefined, retryAt: undefined });
    server.always = DOWN;
    const before = server.count;
    await sleep(500_000);
    expect(pauses(server).slice(before, before + 2)).toEqual([0.5, 1]);
  });
});

describe("what the server asks for", () => {
  const limited = (retryAfter: string) => () => responseOf(429, {}, { "retry-after": retryAfter });

  it("Retry-After is kept to, also by forceRefresh and by a page that is back", async () => {
    const { server, session } = await openFailing(limited("7"));
    for (let second = 0; second < 7; second++) {
      session.start();
      track(session.getToken({ forceRefresh: true }));
      expect(server.count).toBe(1);
      await sleep(1000);
    }
    expect(server.times).toEqual([0, 7000]);
  });

  it("Retry-After is kept to after a refusal too", async () => {
    const { server } = await openFailing(() => responseOf(403, {}, { "retry-after": "20" }));
    await sleep(19_999);
    expect(server.count).toBe(1);
    await sleep(1);
    expect(server.count).toBe(2);
  });

  it("it is kept to for 300 s, and no longer", async () => {
    const { server } = await openFailing(limited("86400"));
    await sleep(299_999);
    expect(server.count).toBe(1);
    await sleep(1);
    expect(server.count).toBe(2);
  });

  it.each(["soon", "-5", "1abc", "Infinity", "Sun, 06 Nov 1994 08:49:37 GMT", ""])(
    "a Retry-After of %j is none",
    async (text) => {
      const { session } = await openFailing(limited(text));
      expect(session.getSnapshot().retryAt).toBe(NOON + 500);
    },
  );

  it("the own pause counts where it is longer", async () => {
    const { server } = await openFailing(limited("1"));
    await sleep(60_000);
    expect(pauses(server).slice(0, 5)).toEqual([1, 1, 2, 4, 8]);
  });
});

describe("a caller in a pause", () => {
  it("waits for its end", async () => {
    const server = new Server();
    server.next.push(DOWN);
    const session = open(server);
    await rejection(session.getToken());
    const waiting = track(session.getToken());
    await sleep(499);
    expect(waiting.isPending).toBe(true);
    await sleep(1);
    expect(waiting.value).toBe(session.getSnapshot().token);
    expect(server.times).toEqual([0, 500]);
  });

  it("gets the last error at once if the pause is longer than timeoutMs, and with it how long it is", async () => {
    const server = new Server();
    server.always = () =>
      responseOf(403, { title: "Not today" }, { "retry-after": "60", "x-request-id": "id-1" });
    const session = open(server, { timeoutMs: 15_000 });
    const first = await rejection(session.getToken());
    await sleep(10_000);
    const second = await rejection(session.getToken());
    expect(second).not.toBe(first);
    expect(second).toMatchObject({ ...first, retryAfterMs: 50_000 });
    expect(second).toMatchObject({
      message: first.message,
      bodyText: first.bodyText,
      errors: [{ title: "Not today" }],
    });
    await sleep(34_999);
    expect((await rejection(session.getToken({ forceRefresh: true }))).retryAfterMs).toBe(15_001);
    await sleep(1);
    const third = track(session.getToken());
    await settle();
    expect(third.isPending).toBe(true);
    expect(server.count).toBe(1);
  });

  it("the error of a pause keeps its cause", async () => {
    const server = new Server();
    server.always = Object.assign(new Error("no cable"), { code: "ENETDOWN", retryAfterMs: 60_000 });
    const session = open(server);
    await rejection(session.getToken());
    const { cause } = await rejection(session.getToken());
    expect(cause).toMatchObject({ message: "no cable", code: "ENETDOWN" });
  });

  it("many callers in an outage of ten minutes make at most 45 requests", async () => {
    const server = new Server();
    server.always = DOWN;
    const session = open(server);
    for (let second = 0; second < 600; second++) {
      for (let i = 0; i < 10; i++) session.getToken().catch(() => {});
      await sleep(1000);
    }
    expect(server.count).toBeGreaterThan(20);
    expect(server.count).toBeLessThanOrEqual(45);
    await sleep(30_000);
  });
});

describe("which operation", () => {
  it("refresh and create take turns after transient failures, until one succeeds", async () => {
    const server = new Server();
    const reported: string[] = [];
    const session = await openReady(server, { onAttempt: ({ operation }) => reported.push(operation) });
    session.start();
    server.next.push(DOWN, DOWN, DOWN, DOWN);
    await sleep(500_000);
    expect(server.operations).toBe("crcrcr");
    await sleep(500_000);
    expect(server.operations).toBe("crcrcrr");
    expect(reported.map(([first]) => first).join("")).toBe(server.operations);
  });

  it("with create alone, or refresh alone, every attempt is that one", async () => {
    const [creates, refreshes] = [new Server(), new Server()];
    creates.always = refreshes.always = DOWN;
    open(creates, { refresh: undefined }).start();
    open(refreshes, { create: undefined, grant: refreshes.grant() }).start();
    await sleep(500_000);
    expect(creates.operations).toMatch(/^c{5,}$/);
    expect(refreshes.operations).toMatch(/^r{5,}$/);
  });

  it("a refresh token that nothing can refresh is of no use: with create alone each renewal is a create", async () => {
    const server = new Server();
    const session = await openReady(server, { refresh: undefined });
    const states = new Set<string>();
    session.subscribe(({ state }) => states.add(state));
    session.start();
    await sleep(HOUR);
    expect(server.operations).toMatch(/^c{8}$/);
    expect([...states]).toEqual(["ready"]);
  });

  it("a refused refresh drops the refresh token, and create is called at once, also if that fails", async () => {
    const server = new Server();
    const session = await openReady(server);
    session.start();
    server.next.push(REFUSED, DOWN);
    await sleep(480_000);
    expect(server.operations).toBe("crc");
    expect(server.times.slice(1)).toEqual([480_000, 480_000]);
    expect(session.grant).not.toHaveProperty("refreshToken");
    expect(session.getSnapshot()).toMatchObject({
      state: "degraded",
      error: { operation: "create", status: 503 },
    });
    await sleep(500);
    expect(server.operations).toBe("crcc");
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("without create a refresh token stays, whatever is said of it", async () => {
    const server = new Server();
    const grant = server.grant();
    const session = open(server, { create: undefined, grant });
    server.always = REFUSED;
    session.start();
    await sleep(2 * HOUR);
    expect(session.grant).toEqual(grant);
    server.always = undefined;
    await sleep(300_000);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a refused create leaves the refresh token in use", async () => {
    const server = new Server();
    const session = await openReady(server);
    session.start();
    server.next.push(DOWN, REFUSED);
    await sleep(482_000);
    expect(server.operations).toBe("crcr");
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a back end that keeps its refresh tokens to itself is asked to create each time", async () => {
    const server = new Server();
    server.givesRefreshToken = false;
    open(server).start();
    await sleep(HOUR);
    expect(server.operations).toMatch(/^c{8}$/);
  });

  it("a new refresh token replaces the one before: with refusals of old ones it works for a day", async () => {
    const server = new Server();
    server.rotates = true;
    const session = await openReady(server);
    session.start();
    await sleep(24 * HOUR);
    expect(server.operations).toMatch(/^cr{180}$/);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a renewal without a refresh token leaves the one that is held", async () => {
    const server = new Server();
    const session = await openReady(server);
    await sleep(1000);
    await session.getToken({ forceRefresh: true });
    expect(server.operations).toBe("cr");
    expect(session.grant?.refreshToken).toBe("refresh-token-1");
  });
});
