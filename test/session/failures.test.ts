import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { RoomTokenError } from "../../src/session/index.ts";
import { DOWN, open, pauses, record, rejection, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("a failed callback", () => {
  it.each([300, 302, 304, 400, 401, 403, 404, 409, 410, 422, 499])(
    "with status %i is refused: it is asked again slowly, once more as the token dies, then more and more slowly",
    async (status) => {
      const server = new Server();
      server.refreshFailure = { status };
      const session = open(server);
      session.start();
      await sleep(7_200_000);
      const seconds = server.refreshes.map((at) => at / 1000);
      expect(seconds.slice(0, 10)).toEqual([480, 504, 528, 552, 576, 599, 623, 671, 767, 959]);
      expect(new Set(pauses(seconds).slice(9))).toEqual(new Set([240]));
      expect(session.state).toBe("failed");
    },
  );

  it.each([408, 425, 429, 500, 502, 503, 504, 599])("with status %i is tried again soon", async (status) => {
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
    ["a RoomTokenError that is not retryable", "slowly", error("missing_api_key", "x")],
    ["an object that is not retryable", "slowly", { retryable: false }],
    ["an invalid_response, though not retryable", "soon", error("invalid_response", "x")],
    ["a RoomTokenError that is retryable", "soon", error("connection_failed", "x", { retryable: true })],
    ["a status as text", "soon", { status: "403" }],
    ["a status of 0, as a page has it without a network", "soon", { status: 0 }],
    ["an Error", "soon", new TypeError("Failed to fetch")],
    ["undefined", "soon", undefined],
    ["null", "soon", null],
  ])("that rejects with %s is asked again %s", async (_, pace, rejected) => {
    const server = new Server();
    const refresh = async () => {
      server.refreshes.push(1);
      throw rejected;
    };
    open(server, { refresh }).start();
    await sleep(480_000 + 600);
    expect(server.requests).toBe(pace === "soon" ? 2 : 1);
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

  it("a refresh without a date does not go on with the date of the token before", async () => {
    const server = new Server();
    const session = open(server, { refresh: async () => ({ token: "new" }) as never });
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      code: "invalid_response",
    });
  });

  it("that throws at once counts as a rejection", async () => {
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

  const unreadable = () => ({
    get status() {
      throw new Error("unreadable");
    },
  });
  it.each([
    ["rejection whose getter throws", () => Promise.reject(unreadable())],
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
    const said = {
      status: 500,
      retryable: true,
      retryAfterMs: 700,
      requestId: "id",
      errors: [{ code: "10000", title: "Down" }],
      bodyText: "down",
    };
    const own = new RoomTokenError("server_error", "x", { ...said, cause: new Error("below") });
    const refresh = () => Promise.reject(own);
    const error = await rejection(open(new Server(), { refresh }).getToken({ forceRefresh: true }));
    expect(error).not.toBe(own);
    expect(error).toMatchObject({
      code: "server_error",
      message: "x",
      operation: "refresh",
      ...said,
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

  it("a token that stands in a rejection does not come out", async () => {
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
