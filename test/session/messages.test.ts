import { describe, expect, it } from "vitest";
import { RoomTokenSession, type RoomTokenSessionOptions } from "../../src/session/index.ts";
import { DOWN, open, REFUSED, record, rejection, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

/** What a renewal's error says. */
async function messageOf(options: Partial<RoomTokenSessionOptions>): Promise<unknown> {
  const session = open(new Server(), options);
  const failed = rejection(session.getToken({ forceRefresh: true }));
  await sleep(15_000);
  return ((await failed) as Error).message;
}

const refreshing = (refresh: () => unknown) =>
  messageOf({ refresh: async () => refresh() as { token: string; tokenExpiresAt: Date } });

describe("the words of an error", () => {
  it.each([
    ["create must be given, or refresh together with grant", {}],
    ["grant must be a grant (given: no token)", { grant: {} }],
    ["grant must be a grant (given: a promise)", { grant: Promise.resolve() }],
    ["grant must be a grant (given: null)", { grant: null }],
    ["grant must be a grant (given: a string)", { grant: "{}" }],
    ["grant must be a grant (given: a Response whose body was not read)", { grant: Response.json({}) }],
    [
      "grant.receivedAt must be in epoch milliseconds",
      { grant: { ...new Server().grant(), receivedAt: "x" } },
    ],
  ])("of the constructor: %s", (message, options) => {
    const bad = { refresh: async () => {}, ...options } as unknown as RoomTokenSessionOptions;
    expect(() => new RoomTokenSession(bad)).toThrow(expect.objectContaining({ message }));
  });

  it("of getToken", async () => {
    const session = open(new Server());
    for (const minValidityMs of [-1, Number.NaN]) {
      expect(await rejection(session.getToken({ minValidityMs }))).toMatchObject({
        code: "invalid_argument",
        message: "minValidityMs must be a number of milliseconds, 0 or more",
      });
    }
    expect(await rejection(session.getToken(null as never))).toMatchObject({
      code: "invalid_argument",
      message: "options must be an object",
    });
  });

  it("of a renewal that gives no token, a dead one, or the same", async () => {
    expect(await refreshing(() => ({}))).toBe("The session's refresh gave no token");
    const dead = { token: "dead", tokenExpiresAt: new Date(0).toISOString() };
    const refresh = async () => dead;
    const session = open(new Server(), { refresh, tokenTtlSecs: 1 });
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      message: "The session's refresh gave a dead token",
      operation: "refresh",
    });
    const server = new Server();
    const grant = server.savedGrant();
    const { token, tokenExpiresAt } = grant;
    const same = open(server, { grant, refresh: async () => ({ token, tokenExpiresAt }) });
    const told = record(same);
    same.start();
    await sleep(480_000);
    expect(told.error[0]?.error).toMatchObject({
      code: "invalid_response",
      message: "The session's refresh gave no newer token",
      retryable: true,
    });
  });

  it("of a renewal that hangs, or whose callback fails", async () => {
    expect(await refreshing(() => new Promise(() => {}))).toBe(
      "The session's refresh gave no answer within 15000 ms",
    );
    expect(await refreshing(() => Promise.reject(DOWN))).toBe("The session's refresh failed");
    expect(await refreshing(() => Promise.reject(new Error("no network")))).toBe(
      "The session's refresh failed: no network",
    );
    const unreadable = new Proxy(
      {},
      {
        get: () => {
          throw new Error("trap");
        },
      },
    );
    const session = open(new Server(), { refresh: () => Promise.reject(unreadable) });
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      message: expect.stringMatching(/^The session's refresh failed/),
      cause: expect.any(Error),
    });
  });

  it("of a create names the create, also where it follows a refused refresh or a dead refresh token", async () => {
    const server = new Server();
    server.refreshFailure = REFUSED;
    server.createFailure = DOWN;
    const session = open(server, { create: server.create });
    expect(await rejection(session.getToken({ forceRefresh: true }))).toMatchObject({
      operation: "create",
      message: "The session's create failed",
    });
    const late = open(server, { create: server.create });
    await sleep(3_596_000);
    expect(await rejection(late.getToken())).toMatchObject({ operation: "create" });
  });

  it("of a session that is closed, or has ended", async () => {
    const server = new Server();
    server.refreshTtlSecs = 60;
    server.refreshFailure = REFUSED;
    const session = open(server);
    await sleep(600_000);
    expect(await rejection(session.getToken())).toMatchObject({
      code: "session_expired",
      message: "The refresh token has expired",
    });
    session.close();
    expect(await rejection(session.getToken())).toMatchObject({
      code: "session_closed",
      message: "The session is closed",
    });
  });

  it("of a room that does not take a token", async () => {
    const server = new Server();
    const session = open(server);
    const told = record(session);
    session.attach({
      on: () => () => {},
      getState: () => ({ status: "connected" }),
      updateClientToken: () => Promise.reject(new Error("no")),
    });
    await settle();
    expect(told.error[0]?.error.message).toBe("The room did not take the token");
  });
});
