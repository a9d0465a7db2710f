import fc from "fast-check";
import { expect, it } from "vitest";
import { life, live } from "./lives.ts";
import { DOWN, HOUR, NOON, open, REFUSED, Server, sleep, useFakeTime, useRandom } from "./support.ts";

useFakeTime();

const isDeep = process.env["MODE"] === "deep";
const RUNS = isDeep ? 3000 : 40;
const CALLS_PER_SECOND = isDeep ? 1000 : 10;

it(
  "whatever happens in a life: no expired token, no rejection while a valid one is held, ready again at the end",
  async () => {
    await fc.assert(fc.asyncProperty(life, live), { numRuns: RUNS });
  },
  60_000 + RUNS * 200,
);

it.each([true, false])(
  "many calls a second in an outage of ten minutes make at most 45 requests (started: %s)",
  { timeout: 300_000 },
  async (isStarted) => {
    const server = new Server();
    server.always = DOWN;
    const session = open(server, { grant: server.grant() });
    if (isStarted) session.start();
    await sleep(599_000);
    const earlier = server.count;
    let rejected = 0;
    for (let second = 0; second < 600; second++) {
      for (let i = 0; i < CALLS_PER_SECOND; i++) session.getToken().catch(() => rejected++);
      await sleep(1000);
    }
    expect(server.count - earlier).toBeGreaterThan(20);
    expect(server.count - earlier).toBeLessThanOrEqual(45);
    await sleep(30_000);
    expect(rejected).toBe(600 * CALLS_PER_SECOND);
  },
);

it.each([0, 0.5])(
  "a day with 1 % wrong refusals and three deploys needs no reload (random %d)",
  async (random) => {
    useRandom(random);
    const server = new Server();
    server.ttlSecs = 60;
    let requests = 0;
    const session = open(server, { create: undefined, grant: server.grant() });
    server.always = () => {
      const sinceNoon = Date.now() - NOON;
      if ([2, 9, 15].some((hour) => sinceNoon > hour * HOUR && sinceNoon < hour * HOUR + 20_000))
        throw { status: 404 };
      requests += 1;
      if (requests % 100 === 0) throw REFUSED;
    };
    session.start();
    let secondsWithout = 0;
    for (let i = 0; i < 24 * 360; i++) {
      await sleep(10_000);
      if (session.getSnapshot().token === undefined) secondsWithout += 10;
    }
    expect(requests).toBeGreaterThan(1900);
    expect(secondsWithout).toBeLessThanOrEqual(30);
  },
);
