import { expect, test, vi } from "vitest";
import { DOWN, REFUSED, Server, settle, sleep, useFakeTime, useRandom } from "./support.ts";
import { FakeRoom, stay, stayConnected, useNetwork } from "./video-room.ts";

useFakeTime();
const network = useNetwork();

test("a lost room is dropped, and then the next one is opened: one room at a time", async () => {
  const page = stay();
  const openRooms = () => page.rooms.filter(({ status }) => status !== "disconnected");
  for (const reason of ["network_error", "unknown", "timed_out", "network_error", "unknown"]) {
    await sleep(30_000);
    expect(openRooms()).toEqual([page.room]);
    await page.room.connected();
    expect(page.last).toEqual(["connected", undefined]);
    page.room.lose(reason);
    await settle();
    expect(page.last).toEqual(["connecting", reason]);
    expect(openRooms()).toEqual([]);
    expect(page.room.disconnectCount).toBe(0); // the SDK would log an error
  }
  expect(page.rooms).toHaveLength(5);
});

test.each([
  [0, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
  [0.98, [990, 1980, 3960, 7920, 15_840, 29_700, 29_700]],
])("with the random number %s the pauses of losses in a row are %s ms", async (random, pauses) => {
  useRandom(random);
  const page = stay();
  await settle();
  for (const pause of pauses) {
    page.room.lose("timed_out");
    await sleep(pause);
  }
  expect(page.pauses).toEqual(pauses);
});

test.each([
  ["a minute in each room", [500, 500, 500], 60_000, true],
  ["59 seconds in each room", [500, 1000, 2000], 59_000, true],
  ["70 seconds in rooms that never connect", [500, 1000, 2000], 70_000, false],
])("after %s the pauses are %s ms", async (_, pauses, ms, connects) => {
  const page = stay();
  await settle();
  for (const pause of pauses) {
    if (connects) await page.room.connected();
    await sleep(ms);
    page.room.lose("timed_out");
    await sleep(pause);
  }
  expect(page.pauses).toEqual(pauses.map((pause) => pause + ms));
});

test.each<[title: string, end: (room: FakeRoom) => void, cause: string]>([
  ["with user_initiated", (room) => room.lose("user_initiated"), "user_initiated"],
  ["with session_terminated", (room) => room.lose("session_terminated"), "session_terminated"],
  ["by a kick", (room) => room.kick("me"), "kicked"],
  ["by a kick, and then with unknown,", (room) => [room.kick("me"), room.lose("unknown")], "kicked"],
])("a room that ends %s is left for good", async (_, end, cause) => {
  const page = await stayConnected();
  end(page.room);
  await settle();
  expect(page.room.status).toBe("disconnected");
  await sleep(3_600_000);
  expect(page.statuses.slice(2)).toEqual([["left", cause]]);
  expect(page.opened).toHaveLength(1);
  expect(page.server.count).toBe(1); // the session is stopped
});

test("others who are kicked, and other ways of leaving, change nothing", async () => {
  const page = await stayConnected();
  page.room.kick("ann");
  page.room.emit("participant_leaving", "me", null);
  await settle();
  expect(page.last).toEqual(["connected", undefined]);
  expect(page.room.status).toBe("connected");
});

test("a room whose `connect` rejects is disconnected, because its socket is still open", async () => {
  const page = stay();
  await settle();
  page.room.failToConnect(new Error("no RTCPeerConnection"));
  await settle();
  expect(page.room.disconnectCount).toBe(1);
  expect(page.last).toEqual(["connecting", "network_error"]);
});

test("what `connect` rejects with is the cause if the SDK gave no reason, and nothing of that room goes on", async () => {
  const thrown = new Error("no microphone");
  const connect = () => Promise.reject(thrown);
  const page = stay({ open: (clientToken) => Object.assign(new FakeRoom(clientToken), { connect }) });
  await settle();
  expect(page.last).toEqual(["connecting", thrown]);
  const { room } = page;
  expect(room.status).toBe("disconnected");
  await sleep(60_000);
  expect(page.rooms.length).toBeGreaterThan(1);
  expect(room.tokens).toHaveLength(1);
});

test("a `connect` that resolves after the room was lost changes nothing", async () => {
  const page = stay();
  await settle();
  page.room.lose("network_error");
  await page.room.connected();
  expect(page.last).toEqual(["connecting", "network_error"]);
});

test("a room whose `disconnect` rejects does not keep the next one from being opened", async () => {
  const disconnect = () => Promise.reject(new Error("gone"));
  const page = stay({ open: (clientToken) => Object.assign(new FakeRoom(clientToken), { disconnect }) });
  await settle();
  page.room.emit("disconnected", "timed_out"); // its status is not `disconnected`
  await sleep(500);
  expect(page.rooms).toHaveLength(2);
});

test("what `open` throws is the cause, each time; it is called again after a pause, once with a new token", async () => {
  const thrown = new Error("network_error");
  const page = stay({
    open: (clientToken, nth) => {
      if (nth < 3) throw thrown;
      return new FakeRoom(clientToken);
    },
  });
  await sleep(2000);
  expect(page.statuses.slice(1)).toEqual(Array(2).fill(["connecting", thrown]));
  expect(page.pauses).toEqual([1000, 1000]); // the first by the session, which renews at most once a second
  expect(page.server.count).toBe(2);
  expect(page.room.status).toBe("connecting");
});

test("a room that `open` has connected itself is invalid_argument, and disconnected", async () => {
  const page = stay({
    open: (clientToken, nth) =>
      Object.assign(new FakeRoom(clientToken), nth === 1 && { status: "connecting" }),
  });
  await settle();
  expect(page.last).toEqual(["connecting", expect.objectContaining({ code: "invalid_argument" })]);
  expect(page.last?.[1]).toHaveProperty("message", "open must return a new room");
  expect(page.room.disconnectCount).toBe(1);
  await sleep(500);
  expect(page.rooms).toHaveLength(2);
  expect(page.room.status).toBe("connecting");
  expect(page.server.count).toBe(1); // the token is not at fault
});

test.each([undefined, null, {}, "room"])(
  "%j in place of a room is invalid_argument, and costs no new token",
  async (room) => {
    const page = stay({ open: () => room as never });
    await sleep(60_000);
    const error = expect.objectContaining({
      code: "invalid_argument",
      message: "open must return a new room",
    });
    expect(page.last).toEqual(["connecting", error]);
    expect(page.server.count).toBe(1);
  },
);

test("a room that `open` gives twice is invalid_argument, and not connected again", async () => {
  const room = new FakeRoom("");
  const page = stay({ open: () => room });
  await settle();
  room.lose("network_error");
  await sleep(500);
  expect(page.last).toEqual(["connecting", expect.objectContaining({ code: "invalid_argument" })]);
  expect(room).toMatchObject({ status: "disconnected", disconnectCount: 0 });
});

test.each([
  ["unknown", true],
  ["tea_break", true],
  ["network_error", false],
  ["timed_out", false],
])("after the reason %s the next room is opened with a new token: %s", async (reason, isRenewed) => {
  const page = await stayConnected();
  await sleep(2000);
  page.room.lose(reason);
  await sleep(1000);
  expect(page.rooms).toHaveLength(2);
  expect(page.server.count).toBe(isRenewed ? 2 : 1);
  expect(page.room.openedWith !== page.rooms[0]?.openedWith).toBe(isRenewed);
});

test("tokens that are all rejected are renewed at most once in 30 seconds", async () => {
  const page = stay();
  for (let secs = 0; secs < 300; secs++) {
    await sleep(1000);
    if (page.room.status === "connecting") page.room.lose("unknown");
  }
  const { times } = page.server;
  const intervals = times.slice(2).map((at, index) => at - (times[index + 1] ?? 0));
  expect(Math.min(...intervals)).toBeGreaterThanOrEqual(30_000);
  expect(times.length).toBeGreaterThan(6);
  expect(page.opened.length).toBeLessThan(30);
});

test("a forced renewal that fails is the cause, and the token held is used again", async () => {
  const page = await stayConnected();
  await sleep(2000);
  page.server.always = DOWN;
  page.room.lose("unknown");
  await sleep(500);
  expect(page.last).toEqual(["connecting", expect.objectContaining({ code: "server_error" })]);
  await sleep(1000);
  expect(page.rooms).toHaveLength(2);
  expect(page.room.openedWith).toBe(page.rooms[0]?.openedWith);
});

test("offline it opens nothing, at first as after a loss; back online it does at once", async () => {
  network.isOnline = false;
  const page = stay();
  await sleep(10_000);
  expect(page.opened).toEqual([]);
  network.isOnline = true;
  await settle();
  await page.room.connected();
  network.isOnline = false;
  page.room.lose("network_error");
  await sleep(120_000);
  expect(page.last).toEqual(["connecting", "network_error"]);
  expect(page.opened).toHaveLength(1);
  network.isOnline = true;
  await settle();
  expect(page.opened).toHaveLength(2);
});

test("a pause that began with a valid token does not end at the next one, but does on `online`", async () => {
  const page = stay({
    open: () => {
      throw new Error("no");
    },
  });
  await sleep(8000); // in the pause of 8 s after the fifth
  await page.session.getToken({ forceRefresh: true });
  await settle();
  expect(page.opened).toHaveLength(5);
  network.isOnline = true;
  await settle();
  expect(page.opened).toHaveLength(6);
});

test("without a token the session's error is the cause after each try, and `Try again` opens the room at once", async () => {
  const server = new Server();
  server.latencyMs = 100;
  server.always = REFUSED;
  const page = stay({ server });
  await sleep(60_000); // the pauses are 15 s by now
  const { length } = page.statuses;
  const causes = page.statuses.slice(1).map(([, cause]) => cause);
  expect(causes.length).toBeGreaterThan(3);
  for (const cause of causes) expect(cause).toMatchObject({ name: "RoomTokenError", code: "forbidden" });
  server.always = undefined;
  const token = page.session.getToken({ forceRefresh: true });
  await sleep(101);
  expect(page.room.openedWith).toBe(await token);
  expect(page.statuses).toHaveLength(length);
  page.leave();
  await settle();
  expect(vi.getTimerCount()).toBe(0); // none of the pause
});
