import { describe, expect, it, vi } from "vitest";
import { attached, Room } from "./room-support.ts";
import { open, record, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("a room that is attached or detached", () => {
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

  it.each([undefined, null, {}, { on: () => () => {} }, { updateClientToken: async () => {} }, "room"])(
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
});
