import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { attached, Room } from "./room-support.ts";
import { DOWN, open, record, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("a room that is attached gets the tokens", () => {
  it("starts the session and hands a connected room each token once", async () => {
    const { session, room, server } = attached();
    const first = session.grant?.token;
    await sleep(3 * 480_000);
    expect(server.requests).toBe(3);
    expect(room.taken).toHaveLength(4);
    expect(room.taken[0]).toBe(first);
    expect(room.taken[3]).toBe(session.grant?.token);
    expect(new Set(room.taken).size).toBe(4);
  });

  it.each(["initialized", "connecting", "connected"])(
    "hands every new token to a room that is %s, so that it joins with the newest",
    async (status) => {
      const { room, session } = attached(status);
      await sleep(960_000);
      expect(room.taken).toHaveLength(3);
      room.connect();
      await settle();
      expect(room.taken).toHaveLength(3);
      expect(room.taken.at(-1)).toBe(session.grant?.token);
    },
  );

  it("a lobby longer than a token's life: the room has the newest token when it connects", async () => {
    const server = new Server();
    server.ttlSecs = 10;
    const session = open(server);
    const room = new Room();
    session.attach(room);
    await sleep(16_000);
    expect(room.taken.at(-1)).toBe(session.grant?.token);
    expect(room.taken).toHaveLength(4);
  });

  it("hands nothing to a room that is disconnected, and the newest once it connects", async () => {
    const { room, session } = attached("disconnected");
    await sleep(960_000);
    expect(room.taken).toEqual([]);
    room.connect();
    await settle();
    expect(room.taken).toEqual([session.grant?.token]);
  });

  it("hands no dead token to a room that connects during an outage", async () => {
    const { room, server } = attached("disconnected");
    server.refreshFailure = DOWN;
    await sleep(600_000);
    room.connect();
    await settle();
    expect(room.taken).toEqual([]);
    server.refreshFailure = undefined;
    await sleep(30_000);
    expect(room.taken).toHaveLength(1);
  });

  it("hands nothing in the place of a token that died after it was handed over", async () => {
    const { room, server } = attached();
    server.refreshFailure = DOWN;
    await sleep(600_000);
    room.connect();
    await settle();
    expect(room.taken).toHaveLength(1);
  });

  it("a room that connects again gets the token again", async () => {
    const { room, session } = attached();
    await settle();
    room.disconnect("user_initiated");
    room.connect();
    await settle();
    expect(room.taken).toEqual([session.grant?.token, session.grant?.token]);
  });

  it("an update that never settles is given up after 10 s with an error, and delays no later token", async () => {
    const { room, session, told } = attached("disconnected");
    room.take = () => new Promise(() => {});
    room.connect();
    await session.getToken({ forceRefresh: true });
    expect(room.taken).toHaveLength(1);
    await sleep(9999);
    expect(room.taken).toHaveLength(1);
    expect(told.error).toEqual([]);
    await sleep(1);
    expect(told.error).toMatchObject([{ error: { code: "timeout" }, willRetry: false }]);
    expect(room.taken).toEqual([expect.any(String), session.grant?.token]);
  });

  it("the latest of several tokens wins, one update at a time", async () => {
    const { room, session } = attached("disconnected");
    let running = 0;
    room.take = async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      running -= 1;
    };
    room.connect();
    for (let i = 0; i < 3; i++) await session.getToken({ forceRefresh: true });
    await sleep(2000);
    expect(room.taken).toHaveLength(2);
    expect(room.taken[1]).toBe(session.grant?.token);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("no"))],
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
  ])("an update that %s is told as an error, and the next token is handed over", async (_, take) => {
    const { room, session, told } = attached("disconnected");
    room.take = take;
    room.connect();
    await settle();
    expect(told.error).toMatchObject([
      {
        error: { code: "connection_failed" },
        willRetry: true,
        retryInMs: 1000,
        tokenValidForMs: 599_000,
      },
    ]);
    expect(told.error[0]?.error.cause).toMatchObject({ message: "no" });
    await session.getToken({ forceRefresh: true });
    await settle();
    expect(room.taken).toHaveLength(2);
    expect(session.state).toBe("ready");
  });

  it("the renewal does not wait for a room", async () => {
    const { room, session, server } = attached("disconnected");
    room.take = () => new Promise(() => {});
    room.connect();
    await sleep(480_000);
    expect(server.requests).toBe(1);
    expect(await session.getToken()).toBe(session.grant?.token);
  });

  it("a token is in no error that a room causes", async () => {
    const server = new Server();
    server.opaque = true;
    const session = open(server);
    const told = record(session);
    const room = new Room();
    room.take = async () => {
      throw new Error(`rejected token ${room.taken[0]}`, { cause: room.taken });
    };
    session.attach(room);
    await settle();
    expect(told.error).toHaveLength(1);
    expect(inspect(told.error, { depth: 9, showHidden: true })).toContain("rejected token");
    expect(inspect(told.error, { depth: 9, showHidden: true })).not.toContain(session.grant?.token);
  });

  it("a room whose state cannot be read is told as an error, and served once it can", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { room, session, told } = attached("disconnected");
    const { getState } = room;
    room.getState = () => {
      throw new Error("no state");
    };
    room.connect();
    await settle();
    expect(told.error).toMatchObject([
      { error: { code: "connection_failed", cause: { message: "no state" } } },
    ]);
    room.getState = getState;
    room.connect();
    await settle();
    expect(room.taken).toEqual([session.grant?.token]);
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("two rooms on one session both get their tokens", async () => {
    const { room, session } = attached();
    const other = new Room();
    other.status = "connected";
    session.attach(other);
    await sleep(480_000);
    expect(room.taken).toHaveLength(2);
    expect(other.taken).toEqual(room.taken);
  });
});
