import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import type { AttachableRoom, RoomTokenSessionOptions } from "../../src/session/index.ts";
import { DOWN, open, record, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

/** A room that behaves as that of @telnyx/video 1.0.2 does. */
class Room implements AttachableRoom {
  status = "initialized";
  readonly taken: string[] = [];
  take: () => Promise<void> = async () => {};
  #listeners: { event: string; call: (reason: string) => void }[] = [];

  on(event: string, call: (reason: string) => void): () => void {
    const entry = { event, call };
    this.#listeners.push(entry);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  getState() {
    return { status: this.status };
  }

  updateClientToken(token: string): Promise<void> {
    this.taken.push(token);
    return this.take();
  }

  get listeners(): number {
    return this.#listeners.length;
  }

  connect(): void {
    this.status = "connected";
    this.#emit("connected", "");
  }

  disconnect(reason: string): void {
    this.status = "disconnected";
    this.#emit("disconnected", reason);
  }

  #emit(event: string, reason: string): void {
    for (const { event: name, call } of this.#listeners) if (name === event) call(reason);
  }
}

function attached(status = "connected", options: Partial<RoomTokenSessionOptions> = {}) {
  const server = new Server();
  const session = open(server, options);
  const told = record(session);
  const room = new Room();
  room.status = status;
  const detach = session.attach(room);
  return { server, session, told, room, detach };
}

describe("attach", () => {
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

  it.each(["unknown", "network_error", "unauthorized", "forbidden"])(
    "a disconnect for the reason %s causes one forced refresh, at most one in 30 s",
    async (reason) => {
      const { room, server } = attached();
      for (let i = 0; i < 5; i++) {
        room.disconnect(reason);
        await sleep(200);
        room.connect();
      }
      expect(server.requests).toBe(1);
      await sleep(29_100);
      room.disconnect(reason);
      await settle();
      expect(server.requests).toBe(2);
    },
  );

  it("the next forced refresh may come 30 s after the last, to the millisecond", async () => {
    const { room, server } = attached();
    room.disconnect("unknown");
    await sleep(29_999);
    room.disconnect("unknown");
    expect(server.requests).toBe(1);
    await sleep(1);
    room.disconnect("unknown");
    await settle();
    expect(server.requests).toBe(2);
  });

  it.each(["user_initiated", "kicked", "room_expired", "timed_out", "session_terminated"])(
    "a disconnect for the reason %s causes none",
    async (reason) => {
      const { room, server } = attached();
      room.disconnect(reason);
      await sleep(1000);
      expect(server.requests).toBe(0);
    },
  );

  it("a forced refresh that fails is told as an error and is no unhandled rejection", async () => {
    const { room, server, told } = attached();
    server.refreshFailure = DOWN;
    room.disconnect("unknown");
    await sleep(100);
    expect(told.error).toMatchObject([{ error: DOWN, willRetry: true }]);
  });

  it("detach takes every listener off the room, and the session goes on", async () => {
    const { room, detach, session, server } = attached();
    await settle();
    expect(room.listeners).toBe(2);
    detach();
    detach();
    expect(room.listeners).toBe(0);
    await session.getToken({ forceRefresh: true });
    await sleep(480_000);
    expect(room.taken).toHaveLength(1);
    expect(server.requests).toBe(2);
  });

  it("a room that was detached during an update gets no later token", async () => {
    const { room, detach, session } = attached("disconnected");
    room.take = () => new Promise(() => {});
    room.connect();
    await settle();
    detach();
    await session.getToken({ forceRefresh: true });
    await sleep(20_000);
    expect(room.taken).toHaveLength(1);
  });

  it("a room that is detached while it takes a token gets no other, and tells of no error", async () => {
    const { room, session, detach, told } = attached("disconnected");
    let reject: (error: Error) => void = () => {};
    room.take = () =>
      new Promise((_, fail) => {
        reject = fail;
      });
    room.connect();
    await session.getToken({ forceRefresh: true });
    detach();
    reject(new Error("no"));
    await sleep(20_000);
    expect(room.taken).toHaveLength(1);
    expect(told.error).toEqual([]);
  });

  it("attached and detached again and again, a session still forces one refresh in 30 s", async () => {
    const { room, session, server } = attached();
    for (let i = 0; i < 5; i++) {
      const detach = session.attach(room);
      room.disconnect("unauthorized");
      await sleep(5);
      detach();
    }
    expect(server.requests).toBe(1);
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

  it.each([
    [
      "throws at once",
      "connection_failed",
      () => {
        throw new Error("no");
      },
    ],
    ["returns no promise", undefined, () => undefined as never],
  ])("an update that %s leaves no timer behind once it is detached", async (_, code, take) => {
    const { room, session, told, detach } = attached("disconnected");
    room.take = take;
    room.connect();
    await settle();
    session.stop();
    detach();
    expect(vi.getTimerCount()).toBe(0);
    expect(told.error.map(({ error }) => error.code)).toEqual(code === undefined ? [] : [code]);
  });

  it("close takes every listener off the room, also of one that hangs", async () => {
    const { room, session } = attached("disconnected");
    room.take = () => new Promise(() => {});
    room.connect();
    await settle();
    session.close();
    expect(room.listeners).toBe(0);
    await sleep(20_000);
    expect(room.taken).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
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

  it("a listener that closes once more keeps neither the room's listeners nor another's event", () => {
    const session = open(new Server());
    session.on("state", () => session.close());
    const room = new Room();
    session.attach(room);
    const later = vi.fn();
    session.on("state", later);
    session.close();
    expect(room.listeners).toBe(0);
    expect(later).toHaveBeenCalledWith({ state: "closed", previous: "ready" });
  });

  it("a closed session attaches nothing, and says so", () => {
    const session = open(new Server());
    session.close();
    const room = new Room();
    expect(() => session.attach(room)).toThrow(expect.objectContaining({ code: "session_closed" }));
    expect(room.listeners).toBe(0);
  });

  it.each([undefined, null, {}, { on: () => () => {} }, "room"])(
    "%j is no room, and nothing is left",
    (room) => {
      const session = open(new Server());
      const told = record(session);
      expect(() => session.attach(room as never)).toThrow(
        expect.objectContaining({
          code: "invalid_argument",
          message: "room must be a Room of @telnyx/video",
        }),
      );
      expect(vi.getTimerCount()).toBe(0);
      expect(told.error).toEqual([]);
    },
  );

  it.each([1, 2])(
    "a room whose on throws at call %i is not attached, and nothing is left behind",
    async (call) => {
      const server = new Server();
      const session = open(server);
      const room = new Room();
      const { on } = Room.prototype;
      let calls = 0;
      room.on = (event, listener) => {
        calls += 1;
        if (calls === call) throw new Error("no such event");
        return on.call(room, event, listener);
      };
      expect(() => session.attach(room)).toThrow("no such event");
      expect(room.listeners).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
      await session.getToken({ forceRefresh: true });
      expect(room.taken).toEqual([]);
    },
  );

  it.each(["detach", "close"])(
    "%s removes every listener, though a function of the room throws",
    async (way) => {
      const { room, session, server } = attached();
      await settle();
      const { on } = Room.prototype;
      const other = new Room();
      other.on = (event, listener) => {
        const off = on.call(other, event, listener);
        return () => {
          off();
          throw new Error("off");
        };
      };
      const detach = session.attach(other);
      await settle();
      expect(other.listeners).toBe(2);
      if (way === "close") session.close();
      else detach();
      expect(other.listeners).toBe(0);
      expect(room.listeners).toBe(way === "close" ? 0 : 2);
      if (way === "close") return;
      await session.getToken({ forceRefresh: true });
      await settle();
      expect(other.taken).toHaveLength(1);
      expect(server.requests).toBe(1);
    },
  );

  it("a token that is rejected is handed over again after 1, 2, 4 s, as long as it is the newest", async () => {
    const { room, session, told } = attached("disconnected");
    room.take = () => Promise.reject(new Error("busy"));
    room.connect();
    await sleep(999);
    expect(room.taken).toHaveLength(1);
    await sleep(1);
    expect(room.taken).toHaveLength(2);
    await sleep(2000);
    expect(room.taken).toHaveLength(3);
    await sleep(4000);
    expect(room.taken).toHaveLength(4);
    expect(new Set(room.taken)).toEqual(new Set([session.grant?.token]));
    expect(told.error.map(({ retryInMs }) => retryInMs)).toEqual([1000, 2000, 4000, 8000]);
    room.take = async () => {};
    await session.getToken({ forceRefresh: true });
    await sleep(60_000);
    expect(room.taken).toHaveLength(5);
    expect(room.taken.at(-1)).toBe(session.grant?.token);
  });

  it("the pause before a token is handed over again grows to 30 s at most", async () => {
    const server = new Server();
    server.ttlSecs = 3600;
    const session = open(server);
    const told = record(session);
    const room = new Room();
    room.take = () => Promise.reject(new Error("busy"));
    session.attach(room);
    await sleep(120_000);
    expect(told.error.slice(4, 7).map(({ retryInMs }) => retryInMs)).toEqual([16_000, 30_000, 30_000]);
  });

  it("a page that forces a refresh in the same turn as a disconnect shares the session's own", async () => {
    const { room, session, server } = attached();
    let reconnect: Promise<string> | undefined;
    room.on("disconnected", () => {
      reconnect = session.getToken({ forceRefresh: true });
    });
    room.disconnect("unauthorized");
    expect(await reconnect).toBe(session.grant?.token);
    await sleep(1000);
    expect(server.requests).toBe(1);
  });
});
