import { describe, expect, it } from "vitest";
import { attached } from "./room-support.ts";
import { DOWN, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("a room that disconnects", () => {
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
