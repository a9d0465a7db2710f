import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { backoffMs } from "../../src/session/backoff.ts";
import { RoomTokenError } from "../../src/session/index.ts";
import {
  DOWN,
  jwt,
  NOON,
  open,
  REFUSED,
  record,
  rejection,
  Server,
  settle,
  sleep,
  useFakeTime,
} from "./support.ts";

useFakeTime();

const deadJwt = jwt(NOON / 1000, 1, "dead");

/** A session whose renewal was sent 50 ms ago and is answered in 50 ms. */
async function withRenewalUnderWay() {
  const server = new Server();
  server.latencyMs = 100;
  const session = open(server);
  await sleep(480_000);
  await session.getToken();
  await sleep(50);
  return { server, session };
}

/** The pauses between attempts, in milliseconds. */
const pauses = (moments: readonly number[]) => moments.slice(1).map((at, i) => at - (moments[i] ?? 0));

describe("what is refused", () => {
  it.each([300, 302, 304, 400, 401, 403, 404, 409, 410, 422, 499])(
    "%i is: it is asked again slowly, once more as the token dies, then more and more slowly",
    async (status) => {
      const server = new Server();
      server.refreshFailure = { status };
      const session = open(server);
      session.start();
      await sleep(7_200_000);
      const seconds = server.refreshes.map((at) => at / 1000);
      expect(seconds.slice(0, 10)).toEqual([480, 504, 528, 552, 576, 599, 623, 671, 767, 959]);
      expect(pauses(seconds).slice(9)).toSatisfy((rest: number[]) => rest.every((secs) => secs === 240));
      expect(session.state).toBe("failed");
    },
  );

  it.each([408, 425, 429, 500, 502, 503, 504, 599])("%i is not: it is tried again", async (status) => {
    const server = new Server();
    server.refreshFailure = { status };
    const session = open(server);
    session.start();
    await sleep(480_000 + 500);
    expect(server.requests).toBe(2);
    server.refreshFailure = undefined;
    await sleep(1000);
    expect(session.state).toBe("ready");
  });

  const error = (...init: ConstructorParameters<typeof RoomTokenError>) => new RoomTokenError(...init);
  it.each([
    ["retryable false", error("missing_api_key", "x"), 1],
    ["retryable false of an object", { retryable: false }, 1],
    ["an invalid_response, though not retryable", error("invalid_response", "x"), 2],
    ["retryable true", error("connection_failed", "x", { retryable: true }), 2],
    ["a status as text", { status: "403" }, 2],
    ["a status of 0, as a page has it without a network", { status: 0 }, 2],
    ["an Error", new TypeError("Failed to fetch"), 2],
    ["undefined", undefined, 2],
    ["null", null, 2],
  ])("%s", async (_, rejected, requests) => {
    const server = new Server();
    const refresh = async () => {
      server.refreshes.push(1);
      throw rejected;
    };
    open(server, { refresh }).start();
    await sleep(480_000 + 600);
    expect(server.requests).toBe(requests);
  });

  it("the rule is the same for create: after a 503 it is asked again soon, after a 401 slowly", async () => {
    const server = new Server();
    server.createFailure = DOWN;
    const session = open(server, { grant: undefined, create: server.create });
    session.start();
    await sleep(10_000);
    expect(server.creates.length).toBeGreaterThan(3);
    server.createFailure = { status: 401 };
    await sleep(60_000);
    const creates = server.creates.length;
    expect(session.state).toBe("failed");
    await sleep(600_000);
    expect(server.creates.length - creates).toBeGreaterThanOrEqual(2);
    expect(server.creates.length - creates).toBeLessThanOrEqual(5);
  });

  it.each([
    ["dead", (server: Server) => ({ ...server.grant(), token: deadJwt })],
    ["without a parseable expiry", (server: Server) => ({ ...server.grant(), tokenExpiresAt: "soon" })],
    [
      "with an invalid date",
      (server: Server) => ({ ...server.grant(), tokenExpiresAt: new Date(Number.NaN) }),
    ],
    ["no string", (server: Server) => ({ ...server.grant(), token: 5 as unknown as string })],
    ["empty", (server: Server) => ({ ...server.grant(), token: "" })],
    ["without a refresh token", (server: Server) => ({ ...server.grant(), refreshToken: "" })],
    ["nothing at all", () => undefined as never],
    ["a text", () => "token" as never],
  ])("a token that is %s is a passing failure, at most two requests in the first second", async (_, make) => {
    const server = new Server();
    const asked: number[] = [];
    const create = async () => {
      asked.push(Date.now());
      return make(server);
    };
    const session = open(server, { grant: undefined, create });
    session.start();
    expect(await rejection(session.getToken())).toMatchObject({
      code: "invalid_response",
      operation: "create",
    });
    await sleep(1000);
    expect(asked.length).toBe(2);
    expect(session.state).toBe("idle");
  });

  it("a refresh without a date does not go on with the date of the token before", async () => {
    const server = new Server();
    const session = open(server, { refresh: async () => ({ token: "new" }) as never });
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "invalid_response",
    });
  });

  it("a callback that throws at once counts as a rejection", async () => {
    const boom = new Error("boom");
    const create = () => {
      throw boom;
    };
    const session = open(new Server(), { grant: undefined, create });
    const thrown = await rejection(session.getToken());
    expect(thrown).toMatchObject({ code: "connection_failed", operation: "create", retryable: true });
    expect((thrown as Error).cause).toMatchObject({ message: "boom" });
    expect((thrown as Error).cause).not.toBe(boom);
  });

  it("a rejection with a status has that status' code, and never the caller's own value as its cause", async () => {
    const own = { status: 429, retryAfterMs: 7000, text: "slow down" };
    const refresh = () => Promise.reject(own);
    const thrown = await rejection(open(new Server(), { refresh }).getToken({ forceRefresh: true }));
    expect(thrown).toMatchObject({ code: "rate_limited", status: 429, retryAfterMs: 7000, retryable: true });
    expect((thrown as Error).cause).toBeInstanceOf(Error);
    expect((thrown as Error).cause).not.toBe(own);
  });

  it("a retryAfterMs that is no number is not taken for one", async () => {
    const refresh = () => Promise.reject({ status: 503, retryAfterMs: "7000" });
    const session = open(new Server(), { refresh });
    expect(await rejection(session.getToken({ forceRefresh: true }))).not.toHaveProperty("retryAfterMs");
  });

  const unreadable = () => ({
    get status() {
      throw new Error("unreadable");
    },
  });
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  it.each([
    ["rejection whose getter throws", () => Promise.reject(unreadable())],
    ["rejection with a revoked proxy", () => Promise.reject(revoked())],
    [
      "answer whose getter throws",
      async () => ({
        get token(): string {
          throw new Error("unreadable");
        },
      }),
    ],
  ])("a %s is a passing failure, told as a RoomTokenError", async (_, answer) => {
    const callback = vi.fn(answer as () => Promise<never>);
    const server = new Server();
    const session = open(server, { refresh: callback, create: callback });
    const told = record(session);
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      name: "RoomTokenError",
      code: "connection_failed",
      retryable: true,
    });
    session.start();
    await sleep(600_000);
    expect(told.error.every(({ error, willRetry }) => error instanceof RoomTokenError && willRetry)).toBe(
      true,
    );
    expect(callback.mock.calls.length).toBeGreaterThan(3);
    expect(session.state).toBe("expired");
  });

  it("a RoomTokenError of a callback keeps what it says, in a fresh error", async () => {
    const own = new RoomTokenError("server_error", "x", {
      status: 500,
      retryable: true,
      retryAfterMs: 700,
      requestId: "id",
      errors: [{ code: "10000", title: "Down" }],
      bodyText: "down",
      cause: new Error("below"),
    });
    const refresh = () => Promise.reject(own);
    const error = await rejection(open(new Server(), { refresh }).getToken({ forceRefresh: true }));
    expect(error).not.toBe(own);
    expect(error).toMatchObject({
      code: "server_error",
      message: "x",
      operation: "refresh",
      status: 500,
      retryable: true,
      retryAfterMs: 700,
      requestId: "id",
      errors: [{ code: "10000", title: "Down" }],
      bodyText: "down",
      cause: { message: "below" },
    });
  });

  it.each(["status", "code", "retryable", "retryAfterMs", "message", "cause", "errors"])(
    "a RoomTokenError whose %s throws is a failure like any other",
    async (name) => {
      const unhandled = vi.fn();
      process.on("unhandledRejection", unhandled);
      const server = new Server();
      const error = new RoomTokenError("server_error", "x", { retryable: true });
      Object.defineProperty(error, name, {
        get() {
          throw 1;
        },
      });
      server.createFailure = error;
      const session = open(server, { grant: undefined, create: server.create });
      expect(await rejection(session.getToken())).toMatchObject({ name: "RoomTokenError" });
      server.createFailure = undefined;
      const token = session.getToken();
      await sleep(500);
      expect(await token).toBe(session.grant?.token);
      vi.useRealTimers();
      await new Promise((resolve) => setTimeout(resolve, 10));
      process.off("unhandledRejection", unhandled);
      expect(unhandled).not.toHaveBeenCalled();
    },
  );

  it("what a rejection holds of the tokens does not come out", async () => {
    const server = new Server();
    server.opaque = true;
    const grant = server.savedGrant();
    const { token, refreshToken } = grant;
    for (const own of [
      Object.assign(new Error(`POST with ${refreshToken}`), { config: { data: `{"r":"${refreshToken}"}` } }),
      Object.assign(new Error("failed", { cause: new Error(`at ${token}`) }), { response: { status: 1 } }),
      new RoomTokenError("forbidden", `no ${refreshToken}`, {
        errors: [{ title: token, detail: refreshToken }],
        bodyText: token,
        cause: { refreshToken },
      }),
      { status: 403, request: { refreshToken } },
    ]) {
      const session = open(server, { grant, refresh: () => Promise.reject(own) });
      const told = record(session);
      const error = await rejection(session.getToken({ forceRefresh: true }));
      const shown = inspect([error, told.error], { depth: 20, showHidden: true });
      expect(shown).not.toContain(token);
      expect(shown).not.toContain(refreshToken);
    }
  });
});

describe("backing off", () => {
  it("a 500: the token is kept, one retry after half a second to a second, told with willRetry", async () => {
    const server = new Server();
    const session = open(server);
    const told = record(session);
    server.refreshFailure = { status: 500 };
    session.start();
    await sleep(480_000);
    expect(told.error).toMatchObject([
      { error: { code: "server_error" }, willRetry: true, retryInMs: 500, tokenValidForMs: 119_000 },
    ]);
    expect(session.state).toBe("degraded");
    server.refreshFailure = undefined;
    await sleep(499);
    expect(server.requests).toBe(1);
    await sleep(1);
    expect(server.requests).toBe(2);
    expect(session.state).toBe("ready");
    expect(told.error).toHaveLength(1);
  });

  it.each([
    [0, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
    [0.999999, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
  ])("network failures in a row, random %d: the pauses double up to 30 s", async (drawn, expected) => {
    const server = new Server();
    server.createFailure = new TypeError("Failed to fetch");
    const session = open(server, { grant: undefined, create: server.create });
    vi.spyOn(Math, "random").mockReturnValue(drawn);
    session.start();
    await sleep(180_000);
    expect(pauses(server.creates).slice(0, 7)).toEqual(expected);
  });

  it("a success makes the next failure start again from the shortest pause", async () => {
    const server = new Server();
    server.createFailure = DOWN;
    const session = open(server, { grant: undefined, create: server.create });
    session.start();
    await sleep(5000);
    server.createFailure = undefined;
    await sleep(5000);
    expect(session.state).toBe("ready");
    server.refreshFailure = DOWN;
    const renewal = Number(server.creates.at(-1)) + 480_000;
    await sleep(480_000);
    expect(server.refreshes.slice(0, 2)).toEqual([renewal, renewal + 500]);
  });

  it("what the server asks for is waited out when it is longer than the own pause, up to 300 s", async () => {
    for (const [retryAfterMs, pauseMs] of [
      [7000, 7000],
      [100, 500],
      [1_000_000, 300_000],
      [Number.NaN, 500],
      [Number.POSITIVE_INFINITY, 500],
      [-5, 500],
      ["7000", 500],
    ]) {
      const server = new Server();
      server.createFailure = { status: 429, retryAfterMs };
      const session = open(server, { grant: undefined, create: server.create });
      session.start();
      await sleep(400_000);
      expect(pauses(server.creates)[0]).toBe(pauseMs);
      session.close();
    }
  });

  it("for any number of failures and any wish of the server the pause is from 0.5 s to 300 s", () => {
    const wish = fc.option(fc.double(), { nil: undefined });
    fc.assert(
      fc.property(
        fc.nat(10_000),
        wish,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, askedMs, drawn) => {
          vi.spyOn(Math, "random").mockReturnValue(drawn);
          const pause = backoffMs(failures, askedMs);
          expect(pause).toBeGreaterThanOrEqual(Math.min(500 * 2 ** failures, 15_000));
          expect(pause).toBeLessThanOrEqual(300_000);
          if (askedMs === undefined) expect(pause).toBeLessThanOrEqual(30_000);
        },
      ),
    );
  });

  it("while an attempt is scheduled nobody starts another; who has no token joins it and gets its result", async () => {
    const server = new Server();
    server.createFailure = DOWN;
    const session = open(server, { grant: undefined, create: server.create });
    await rejection(session.getToken());
    await sleep(100);
    const waiting = [session.getToken(), session.getToken({ forceRefresh: true }), session.getToken()];
    expect(vi.getTimerCount()).toBe(1);
    server.createFailure = undefined;
    await sleep(399);
    expect(server.creates).toEqual([0]);
    await sleep(1);
    expect(new Set(await Promise.all(waiting)).size).toBe(1);
    expect(server.creates).toEqual([0, 500]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("when the next attempt is more than timeoutMs away, getToken rejects at once and says when it is", async () => {
    const server = new Server();
    server.createFailure = { status: 503, retryAfterMs: 60_000 };
    const session = open(server, { grant: undefined, create: server.create });
    const first = await rejection(session.getToken());
    await sleep(10_000);
    const second = await rejection(session.getToken());
    expect(second).toMatchObject({
      code: "server_error",
      status: 503,
      retryAfterMs: 50_000,
      operation: "create",
    });
    expect((second as Error).message).toBe((first as Error).message);
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({ retryAfterMs: 50_000 });
    expect(server.requests).toBe(1);
    await sleep(50_000);
    server.createFailure = undefined;
    expect(await session.getToken()).toBe(session.grant?.token);
  });

  it("a next attempt that is exactly timeoutMs away is waited for", async () => {
    const server = new Server();
    server.createFailure = { status: 503, retryAfterMs: 15_000 };
    const session = open(server, { grant: undefined, create: server.create });
    await rejection(session.getToken());
    const waiting = session.getToken();
    server.createFailure = undefined;
    await sleep(15_000);
    expect(await waiting).toBe(session.grant?.token);
  });

  it.each([3600, 600])(
    "a forced refresh that fails in passing is made again, however fresh its token (%i s)",
    async (ttlSecs) => {
      const server = new Server();
      server.ttlSecs = ttlSecs;
      server.refreshFailure = DOWN;
      const session = open(server);
      const suspected = await session.getToken();
      session.start();
      await sleep(10_000);
      await rejection(session.getToken({ forceRefresh: true }));
      server.refreshFailure = undefined;
      await sleep(500);
      expect(server.refreshes).toEqual([10_000, 10_500]);
      expect(session.state).toBe("ready");
      expect(await session.getToken()).not.toBe(suspected);
      await sleep(60_000);
      expect(server.requests).toBe(2);
    },
  );

  it("a forced refresh that failed is made again by the next getToken of a session that is not started", async () => {
    const server = new Server();
    server.refreshFailure = DOWN;
    const session = open(server);
    const suspected = await session.getToken();
    await rejection(session.getToken({ forceRefresh: true }));
    server.refreshFailure = undefined;
    await sleep(500);
    expect(await session.getToken()).toBe(suspected);
    await settle();
    expect(await session.getToken()).not.toBe(suspected);
    expect(server.refreshes).toEqual([0, 500]);
  });

  it("while the token is valid, getToken renews again as soon as the pause is over", async () => {
    const server = new Server();
    server.refreshFailure = DOWN;
    const session = open(server);
    await sleep(480_000);
    await session.getToken();
    await settle();
    await sleep(499);
    await session.getToken();
    expect(server.refreshes).toEqual([480_000]);
    await sleep(1);
    await session.getToken();
    await settle();
    expect(server.refreshes).toEqual([480_000, 480_500]);
  });

  it.each([500, 15_000])(
    "a forced refresh waits through a failed older flight and its pause of %i ms",
    async (pauseMs) => {
      const { server, session } = await withRenewalUnderWay();
      const forced = session.getToken({ forceRefresh: true });
      server.refreshFailure = { status: 503, retryAfterMs: pauseMs };
      await sleep(50);
      server.refreshFailure = undefined;
      await sleep(pauseMs + 100);
      expect(await forced).toBe(session.grant?.token);
      expect(server.refreshes).toEqual([480_000, 480_100 + pauseMs]);
    },
  );

  it("a forced refresh that waited for an older flight is rejected when that one brings a long pause", async () => {
    const { server, session } = await withRenewalUnderWay();
    const forced = rejection(session.getToken({ forceRefresh: true }));
    server.refreshFailure = { status: 503, retryAfterMs: 60_000 };
    await sleep(50);
    expect(await forced).toMatchObject({ status: 503, retryAfterMs: 60_000 });
    expect(server.requests).toBe(1);
  });
});

describe("a refusal", () => {
  it("403 with create: exactly one refresh, one create, and the new refresh token is used next", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    const told = record(session);
    session.start();
    server.refreshFailure = REFUSED;
    await sleep(480_000);
    server.refreshFailure = undefined;
    expect([server.refreshes, server.creates]).toEqual([[480_000], [480_000]]);
    expect(told.error).toMatchObject([{ error: { code: "forbidden" }, willRetry: true, retryInMs: 0 }]);
    expect(session.state).toBe("ready");
    const { refreshToken } = session.grant ?? {};
    await sleep(480_000);
    expect(server.usedRefreshTokens).toEqual(["refresh-1", refreshToken]);
    expect(refreshToken).not.toBe("refresh-1");
  });

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

  it("both refused: they are asked in turn, and the refused refresh token once more", async () => {
    const server = new Server();
    server.createFailure = server.refreshFailure = REFUSED;
    const session = open(server, { create: server.create });
    session.start();
    await sleep(599_000);
    const seconds = (moments: number[]) => moments.map((at) => at / 1000);
    expect(seconds(server.refreshes)).toEqual([480, 528, 576]);
    expect(seconds(server.creates)).toEqual([480, 504, 552, 599]);
    expect(new Set(server.usedRefreshTokens).size).toBe(1);
    server.refreshFailure = undefined;
    await sleep(300_000);
    expect(session.state).toBe("ready");
  });

  it("whoever waits on a dead token when it is refused gets the refusal itself", async () => {
    const server = new Server();
    server.refreshFailure = REFUSED;
    const session = open(server);
    const told = record(session);
    await sleep(600_000);
    expect(await rejection(session.getToken())).toMatchObject({ code: "forbidden", status: 403 });
    expect(told.state).toEqual([
      { state: "expired", previous: "ready" },
      { state: "failed", previous: "expired" },
    ]);
    expect(await rejection(session.getToken())).toMatchObject({ code: "forbidden", retryAfterMs: 30_000 });
    expect(server.requests).toBe(1);
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

  it("a refused refresh token is never used again, not even when a new create brings it once more", async () => {
    const server = new Server();
    const create = async () => ({
      ...(await server.create({ signal: AbortSignal.abort() })),
      refreshToken: "refresh-1",
    });
    const session = open(server, { create });
    session.start();
    server.refreshFailure = REFUSED;
    await sleep(4 * 480_000);
    expect(server.refreshes).toHaveLength(1);
    expect(server.creates).toHaveLength(4);
  });

  it("after a refusal a create that fails in passing is tried again, without another refresh", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    session.start();
    server.refreshFailure = REFUSED;
    server.createFailure = DOWN;
    await sleep(490_000);
    expect(server.refreshes).toEqual([480_000]);
    expect(server.creates).toEqual([480_000, 480_500, 481_500, 483_500, 487_500]);
    server.createFailure = undefined;
    await sleep(10_000);
    expect(session.state).toBe("ready");
  });

  it("a create that is refused while refresh is down: both are asked at the slow pace, the token is used", async () => {
    const server = new Server();
    const session = open(server, { create: server.create });
    const token = await session.getToken();
    session.start();
    server.refreshFailure = DOWN;
    server.createFailure = REFUSED;
    await sleep(598_999);
    expect(await session.getToken()).toBe(token);
    expect(server.requests).toBeLessThanOrEqual(15);
    server.refreshFailure = undefined;
    await sleep(60_000);
    expect(session.state).toBe("ready");
  });
});

describe("create takes over", () => {
  it("after two passing failures in a row create and refresh take turns until one succeeds", async () => {
    const server = new Server();
    server.refreshFailure = DOWN;
    server.createFailure = DOWN;
    const session = open(server, { create: server.create });
    session.start();
    await sleep(480_000 + 31_000);
    const start = 480_000;
    expect(server.refreshes).toEqual([0, 500, 3500, 15_500].map((ms) => start + ms));
    expect(server.creates).toEqual([1500, 7500, 30_500].map((ms) => start + ms));
    server.createFailure = undefined;
    server.refreshFailure = undefined;
    await sleep(15_000);
    expect(session.state).toBe("ready");
  });

  it("a page whose direct refresh is refused by CORS lives on create", async () => {
    const server = new Server();
    server.refreshFailure = new TypeError("Failed to fetch");
    const session = open(server, { create: server.create });
    session.start();
    for (let minute = 0; minute < 120; minute++) {
      await sleep(60_000);
      expect(["ready", "degraded"]).toContain(session.state);
    }
    expect(server.creates).toHaveLength(14);
    expect(server.refreshes).toHaveLength(28);
  });
});
