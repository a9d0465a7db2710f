import { describe, expect, it, vi } from "vitest";
import {
  open,
  REFUSED,
  record,
  rejection,
  Server,
  settle,
  sleep,
  useFakeTime,
  withRenewalUnderWay,
} from "./support.ts";

useFakeTime();

describe("a refusal", () => {
  it.each([true, false])(
    "403 once, without create, 100 s left, started %s: renewed within 36 s",
    async (started) => {
      const server = new Server();
      const session = open(server);
      await sleep(499_000);
      server.refreshFailure = REFUSED;
      if (started) session.start();
      const token = await session.getToken();
      await settle();
      server.refreshFailure = undefined;
      for (let second = 0; second < 36; second++) {
        if (!started) await session.getToken();
        if (second < 24) expect(server.requests).toBeLessThanOrEqual(2);
        await sleep(1000);
      }
      expect(session.state).toBe("ready");
      expect(await session.getToken()).not.toBe(token);
      expect(server.requests).toBe(2);
    },
  );

  it.each([0, 0.999])(
    "always 403, without create, 100 s left, random %d: at most 6 requests to the token's death, then slower",
    async (drawn) => {
      const server = new Server();
      const session = open(server);
      const told = record(session);
      const token = await session.getToken();
      await sleep(499_000);
      vi.spyOn(Math, "random").mockReturnValue(drawn);
      server.refreshFailure = REFUSED;
      session.start();
      await settle();
      expect(told.error).toMatchObject([
        { error: { status: 403 }, willRetry: true, retryInMs: drawn === 0 ? 24_000 : 35_988 },
      ]);
      await sleep(99_999);
      expect(await session.getToken()).toBe(token);
      await sleep(1);
      expect(server.refreshes.at(-1)).toBe(599_000);
      expect(server.requests).toBeLessThanOrEqual(6);
      expect(session.state).toBe("failed");
      expect(await rejection(session.getToken())).toMatchObject({ code: "forbidden", retryable: false });
      const before = server.requests;
      for (let i = 0; i < 1000; i++) {
        await rejection(session.getToken());
        await sleep(20);
      }
      expect(server.requests - before).toBeLessThanOrEqual(1);
      server.refreshFailure = undefined;
      await sleep(36_000);
      expect(session.state).toBe("ready");
      expect(told.state.map(({ state }) => state)).toEqual(["degraded", "failed", "ready"]);
    },
  );

  it("not started: nothing is asked in the background; getToken asks when the last attempt is 30 s old", async () => {
    const server = new Server();
    server.createFailure = REFUSED;
    const session = open(server, { grant: undefined, create: server.create });
    const told = record(session);
    const first = await rejection(session.getToken());
    expect(first).toMatchObject({ code: "forbidden" });
    expect(first).not.toHaveProperty("retryAfterMs");
    expect(told.error).toEqual([{ error: first, willRetry: false, tokenValidForMs: 0 }]);
    expect(session.state).toBe("failed");
    await sleep(29_999);
    expect(await rejection(session.getToken())).toMatchObject({ code: "forbidden", retryAfterMs: 1 });
    expect(server.creates).toEqual([0]);
    server.createFailure = undefined;
    await sleep(3_600_000);
    expect(server.creates).toEqual([0]);
    expect(await session.getToken()).toBe(session.grant?.token);
    expect(session.state).toBe("ready");
  });

  it("a forced refresh asks in any case, but within a second of the last attempt gets that one's refusal", async () => {
    const server = new Server();
    server.refreshFailure = REFUSED;
    const session = open(server);
    const told = record(session);
    const first = await rejection(session.getToken({ forceRefresh: true }));
    await sleep(999);
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "forbidden",
      message: (first as Error).message,
      retryAfterMs: 1,
    });
    expect(server.requests).toBe(1);
    expect(told.error).toHaveLength(1);
    server.refreshFailure = undefined;
    await sleep(1);
    expect(await session.getToken({ forceRefresh: true })).toBe(session.grant?.token);
    expect(session.state).toBe("ready");
  });

  it("a forced refresh that waits for an older renewal is rejected with that one's refusal", async () => {
    const { server, session } = await withRenewalUnderWay();
    const forced = rejection(session.getToken({ forceRefresh: true }));
    server.refreshFailure = REFUSED;
    await sleep(50);
    expect(await forced).toMatchObject({ code: "forbidden" });
    expect(server.requests).toBe(1);
  });

  it.each(["create", "create and refresh"])(
    "%s answer 404 for 7 s during a deploy: ready again by itself within 36 s",
    async (which) => {
      for (const drawn of [0, 0.999]) {
        const server = new Server();
        const session = open(server, { grant: undefined, create: server.create });
        session.start();
        await settle();
        await sleep(600_000 - 121_000);
        vi.spyOn(Math, "random").mockReturnValue(drawn);
        server.createFailure = { status: 404 };
        server.refreshFailure = which === "create" ? REFUSED : { status: 404 };
        await rejection(session.getToken({ forceRefresh: true }));
        expect(server.requests).toBe(3);
        await sleep(7000);
        server.createFailure = undefined;
        if (which !== "create") server.refreshFailure = undefined;
        await sleep(29_000);
        expect(session.state).toBe("ready");
        expect(server.requests).toBe(4);
      }
    },
  );

  it("a first create that is refused during a deploy: ready by itself within 36 s", async () => {
    const server = new Server();
    server.createFailure = { status: 404 };
    const session = open(server, { grant: undefined, create: server.create });
    session.start();
    await sleep(7000);
    expect(session.state).toBe("failed");
    server.createFailure = undefined;
    await sleep(29_000);
    expect(session.state).toBe("ready");
  });

  it.each([0, 0.999])(
    "a deploy of two minutes over the whole margin, random %d: ready within 5 min of its end",
    async (drawn) => {
      const server = new Server();
      const session = open(server, { create: server.create });
      vi.spyOn(Math, "random").mockReturnValue(drawn);
      session.start();
      await sleep(500_000);
      server.createFailure = server.refreshFailure = { status: 404 };
      await rejection(session.getToken({ forceRefresh: true }));
      await sleep(120_000);
      server.createFailure = server.refreshFailure = undefined;
      await sleep(300_000);
      expect(session.state).toBe("ready");
    },
  );

  it("a deploy of two minutes over the whole margin, not started: the first getToken 30 s later resolves", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    await sleep(500_000);
    server.createFailure = server.refreshFailure = { status: 404 };
    for (let second = 0; second < 120; second++) {
      await session.getToken().catch(() => {});
      await sleep(1000);
    }
    server.createFailure = server.refreshFailure = undefined;
    await sleep(30_000);
    expect(await session.getToken()).toBe(session.grant?.token);
  });

  it("the end of a session that was not started is told to whoever asks next", async () => {
    const server = new Server();
    server.refreshFailure = REFUSED;
    const session = open(server);
    const told = record(session);
    await rejection(session.getToken({ forceRefresh: true }));
    await sleep(600_000);
    expect(told.state.at(-1)).toMatchObject({ state: "degraded" });
    await rejection(session.getToken());
    expect(told.state.at(-1)).toEqual({ state: "failed", previous: "degraded" });
  });
});
