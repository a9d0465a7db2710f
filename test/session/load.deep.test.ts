import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { DOWN, open, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("under load", { timeout: 300_000 }, () => {
  it("ten thousand calls on one signal put one listener on it and leave none, whether they end well, badly, or by the signal", async () => {
    const server = new Server();
    server.latencyMs = 10;
    const session = open(server, { grant: undefined, create: server.create });
    const caller = new AbortController();
    const { signal } = caller;
    const wait = () =>
      Promise.allSettled(
        Array.from({ length: 10_000 }, () => session.getToken({ signal, forceRefresh: true })),
      );
    let all = wait();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await sleep(10);
    expect((await all)[9999]).toMatchObject({ status: "fulfilled" });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    server.refreshFailure = DOWN;
    all = wait();
    await sleep(10);
    expect((await all)[9999]).toMatchObject({ status: "rejected" });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    await sleep(1000);
    all = wait();
    caller.abort("mine");
    expect((await all)[9999]).toEqual({ status: "rejected", reason: "mine" });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it.each([true, false])(
    "ten minutes of outage, a thousand getToken a second, started %s: at most 45 requests",
    async (started) => {
      const server = new Server();
      server.createFailure = DOWN;
      server.refreshFailure = DOWN;
      const grant = { ...server.grant(), receivedAt: Date.now() - 599_000 };
      const session = open(server, { grant, create: server.create });
      if (started) session.start();
      let rejected = 0;
      for (let second = 0; second < 600; second++) {
        for (let i = 0; i < 1000; i++) session.getToken().catch(() => rejected++);
        await sleep(1000);
      }
      expect(server.requests).toBeGreaterThan(30);
      expect(server.requests).toBeLessThanOrEqual(45);
      await sleep(30_000);
      expect(rejected).toBeGreaterThan(590_000);
    },
  );
});
