import { describe, expect, it } from "vitest";
import { attached, Room } from "./room-support.ts";
import { open, record, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("a token that a room does not take", () => {
  it("an update that was given up is not made again, for the room may have taken it", async () => {
    const { room, told } = attached("disconnected");
    room.take = () => new Promise(() => {});
    room.connect();
    await sleep(60_000);
    expect(room.taken).toHaveLength(1);
    expect(told.error).toMatchObject([{ error: { code: "timeout" }, willRetry: false }]);
  });

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

  it("a token that is rejected when there is a newer one is not handed over again", async () => {
    const { room, session, told } = attached("disconnected");
    let reject: (error: Error) => void = () => {};
    room.take = () => new Promise((_, fail) => (reject = fail));
    room.connect();
    await session.getToken({ forceRefresh: true });
    room.take = async () => {};
    reject(new Error("no"));
    await sleep(60_000);
    expect(told.error).toMatchObject([{ error: { code: "connection_failed" }, willRetry: false }]);
    expect(room.taken).toEqual([expect.any(String), session.grant?.token]);
  });
});
