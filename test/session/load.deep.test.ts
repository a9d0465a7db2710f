import { expect, it } from "vitest";
import { DOWN, open, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

it.each([true, false])(
  "a thousand calls a second in an outage of ten minutes make at most 45 requests (started: %s)",
  { timeout: 300_000 },
  async (isStarted) => {
    const server = new Server();
    server.always = DOWN;
    const session = open(server, { grant: server.grant() });
    if (isStarted) session.start();
    await sleep(599_000);
    const before = server.count;
    let rejected = 0;
    for (let second = 0; second < 600; second++) {
      for (let i = 0; i < 1000; i++) session.getToken().catch(() => rejected++);
      await sleep(1000);
    }
    expect(server.count - before).toBeGreaterThan(20);
    expect(server.count - before).toBeLessThanOrEqual(45);
    await sleep(30_000);
    expect(rejected).toBe(600_000);
  },
);
