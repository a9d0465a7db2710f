import { getEventListeners } from "node:events";
import { beforeEach, expect, test, vi } from "vitest";
import { open, Server, settle, sleep, useFakeTime, useRandom } from "./support.ts";
import { FakeRoom, stay, stayConnected, stubNetwork } from "./video-room.ts";

useFakeTime();

let network: ReturnType<typeof stubNetwork>;
beforeEach(() => {
  network = stubNetwork();
});

test("a lost room is dropped, and the next one opened after half a second to one second", async () => {
  const page = await stayConnected();
  page.room.lose("network_error");
  await settle();
  expect(page.last).toEqual(["connecting", "network_error"]);
  await sleep(499);
  expect(page.rooms).toHaveLength(1);
  await sleep(1);
  expect(page.rooms).toHaveLength(2);
  page.room.connected();
  await settle();
  expect(page.last).toEqual(["connected", undefined]);
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
  [60_000, [500, 500, 500]],
  [59_000, [500, 1000, 2000]],
])("after %s ms in each room the pauses are %s ms", async (connectedMs, pauses) => {
  const page = stay();
  await settle();
  for (const pause of pauses) {
    page.room.connected();
    await sleep(connectedMs);
    page.room.lose("network_error");
    await sleep(pause);
  }
  expect(page.rooms).toHaveLength(4);
  expect(page.pauses).toEqual(pauses.map((pause) => pause + connectedMs));
});

test("a minute in a room that never connected does not end the row of losses", async () => {
  const page = stay();
  await settle();
  for (const pause of [500, 1000, 2000]) {
    await sleep(70_000);
    page.room.lose("timed_out");
    await sleep(pause);
  }
  expect(page.pauses).toEqual([70_500, 71_000, 72_000]);
});

test.each(["user_initiated", "session_terminated"])(
  "a room that ends with %s is left for good",
  async (reason) => {
    const page = await stayConnected();
    page.room.lose(reason);
    await sleep(120_000);
    expect(page.last).toEqual(["left", reason]);
    expect(page.openedCount).toBe(1);
    const { count } = page.server;
    await sleep(3_600_000); // the session is stopped
    expect(page.server.count).toBe(count);
  },
);

test("a kick leaves for good, though the SDK says `unknown` after it", async () => {
  const page = await stayConnected();
  page.room.emit("participant_leaving", "me", "kicked");
  page.room.lose("unknown");
  await sleep(120_000);
  expect(page.statuses.slice(2)).toEqual([["left", "kicked"]]);
  expect(page.openedCount).toBe(1);
});

test("a room that the SDK does not end after a kick is disconnected", async () => {
  const page = await stayConnected();
  page.room.emit("participant_leaving", "me", "kicked");
  await settle();
  expect(page.room).toMatchObject({ status: "disconnected", disconnectCount: 1 });
});

test.each([
  ["ann", "kicked"],
  ["me", null],
])("participant_leaving of %s with the reason %s changes nothing", async (id, reason) => {
  const page = await stayConnected();
  page.room.emit("participant_leaving", id, reason);
  await settle();
  expect(page.last).toEqual(["connected", undefined]);
  expect(page.room.status).toBe("connected");
});

test("a lost room is not disconnected once more: the SDK would log an error", async () => {
  const page = await stayConnected();
  page.room.lose("network_error");
  await sleep(5000);
  expect(page.rooms[0]?.disconnectCount).toBe(0);
});

test("a room whose `connect` rejects is disconnected, because its socket is still open", async () => {
  const page = stay();
  await settle();
  page.room.failToConnect(new Error("no RTCPeerConnection"));
  await settle();
  expect(page.room.disconnectCount).toBe(1);
  expect(page.last).toEqual(["connecting", "network_error"]);
});

test("what `connect` rejects with is the cause where the SDK gave no reason", async () => {
  const thrown = new Error("no microphone");
  const page = stay({
    open: (clientToken) =>
      Object.assign(new FakeRoom(clientToken), { connect: () => Promise.reject(thrown) }),
  });
  await settle();
  expect(page.last).toEqual(["connecting", thrown]);
  expect(page.room.status).toBe("disconnected");
});

test("a room whose `connect` throws at once leaves no timer, and the next one is opened", async () => {
  const thrown = new Error("no WebSocket");
  const page = stay({
    open: (clientToken, nth) =>
      Object.assign(new FakeRoom(clientToken), {
        ...(nth === 1 && {
          connect: () => {
            throw thrown;
          },
        }),
      }),
  });
  await settle();
  expect(page.last).toEqual(["connecting", thrown]);
  const [room] = page.rooms;
  expect(room?.status).toBe("disconnected");
  await sleep(60_000);
  expect(room?.tokens).toHaveLength(1);
  expect(page.rooms).toHaveLength(2);
});

test("a `connect` that resolves after the room was lost is not told", async () => {
  const page = stay();
  await settle();
  const [lost] = page.rooms;
  lost?.lose("network_error");
  await sleep(500);
  lost?.connected();
  await settle();
  expect(page.last).toEqual(["connecting", "network_error"]);
});

test("a room whose `disconnect` rejects stops nothing", async () => {
  const page = stay({
    open: (clientToken) =>
      Object.assign(new FakeRoom(clientToken), { disconnect: () => Promise.reject(new Error("gone")) }),
  });
  await settle();
  page.room.emit("disconnected", "timed_out"); // its status is not `disconnected`
  await sleep(500);
  expect(page.rooms).toHaveLength(2);
});

test("what `open` throws is the cause, each time, and it is called again after a pause", async () => {
  const thrown = new Error("network_error");
  const page = stay({
    open: (clientToken, nth) => (nth < 3 ? Promise.reject(thrown) : new FakeRoom(clientToken)),
  });
  await sleep(2000);
  expect(page.statuses).toEqual([
    ["connecting", undefined],
    ["connecting", thrown],
    ["connecting", thrown],
  ]);
  expect(page.pauses).toEqual([1000, 1000]); // the first by the session, which renews at most once a second
  page.room.connected();
  await settle();
  expect(page.last).toEqual(["connected", undefined]);
});

test("a room that `open` has connected itself is invalid_argument, and is disconnected", async () => {
  const page = stay({
    open: (clientToken, nth) => {
      const room = new FakeRoom(clientToken);
      if (nth === 1) room.connect().then(() => {});
      return room;
    },
  });
  await settle();
  const [, cause] = page.last ?? [];
  expect(cause).toMatchObject({
    code: "invalid_argument",
    message: "open must return a new room, not one that is connecting",
  });
  expect(page.room.disconnectCount).toBe(1);
  await sleep(500);
  expect(page.room.status).toBe("connecting");
  expect(page.server.count).toBe(1); // the token is not at fault
});

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
  ["a reason `unknown`", (room: FakeRoom) => room.lose("unknown"), 1],
  ["an unheard-of reason", (room: FakeRoom) => room.lose("tea_break"), 1],
  ["the reason `network_error`", (room: FakeRoom) => room.lose("network_error"), 0],
  ["the reason `timed_out`", (room: FakeRoom) => room.lose("timed_out"), 0],
])("after %s the next room is opened with a new token: %#", async (_, lose, renewals) => {
  const page = await stayConnected();
  await sleep(2000);
  lose(page.room);
  await sleep(1000);
  expect(page.rooms).toHaveLength(2);
  expect(page.server.count).toBe(1 + renewals);
  expect(page.room.openedWith === page.rooms[0]?.openedWith).toBe(renewals === 0);
});

test("what `open` threw may mean a rejected token: it is renewed", async () => {
  const page = stay({
    open: (clientToken, nth) =>
      nth === 1 ? Promise.reject(new Error("network_error")) : new FakeRoom(clientToken),
  });
  await sleep(1000);
  expect(page.server.count).toBe(2);
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
  expect(page.openedCount).toBeLessThan(30);
});

test("a forced renewal that fails is the cause, and the token held is used again", async () => {
  const page = await stayConnected();
  await sleep(2000);
  page.server.always = { status: 503 };
  page.room.lose("unknown");
  await sleep(500);
  expect(page.last).toEqual(["connecting", expect.objectContaining({ code: "server_error" })]);
  await sleep(1000);
  expect(page.rooms).toHaveLength(2);
  expect(page.room.openedWith).toBe(page.rooms[0]?.openedWith);
});

test("offline it opens nothing, and says `connecting` until the network is back: then at once", async () => {
  const page = await stayConnected();
  network.isOnline = false;
  page.room.lose("network_error");
  await sleep(120_000);
  expect(page.last).toEqual(["connecting", "network_error"]);
  expect(page.openedCount).toBe(1);
  network.isOnline = true;
  await settle();
  expect(page.openedCount).toBe(2);
});

test("a page that begins offline opens its room when the network is there", async () => {
  network.isOnline = false;
  const page = stay();
  await sleep(10_000);
  expect(page.openedCount).toBe(0);
  network.isOnline = true;
  await settle();
  expect(page.openedCount).toBe(1);
});

test("a pause ends at once on `online`, and leaves no timer", async () => {
  const page = stay({
    open: (clientToken, nth) => {
      if (nth < 6) throw new Error("no");
      return new FakeRoom(clientToken);
    },
  });
  await sleep(8000); // in the pause of 8 s after the fifth
  expect(page.openedCount).toBe(5);
  network.isOnline = true;
  await settle();
  expect(page.openedCount).toBe(6);
  await sleep(20_000);
  expect(page.openedCount).toBe(6);
});

test("a room that is over, and a pause, leave no listener on the signal of the whole stay", async () => {
  const signals = new Set<AbortSignal>();
  const session = open(new Server());
  const { getToken } = session;
  session.getToken = (options = {}) => {
    if (options.signal) signals.add(options.signal);
    return getToken.call(session, options);
  };
  const page = await stayConnected({ session });
  const [signal = new AbortController().signal] = signals;
  const { length } = getEventListeners(signal, "abort");
  expect(length).toBeGreaterThan(0);
  for (let nth = 0; nth < 5; nth++) {
    page.room.lose("network_error");
    await sleep(60_000);
  }
  expect(page.rooms).toHaveLength(6);
  expect(signals.size).toBe(1);
  expect(getEventListeners(signal, "abort")).toHaveLength(length);
});

test("one room at a time: the next is opened only when the last one has ended", async () => {
  const page = stay();
  for (let nth = 0; nth < 20; nth++) {
    await sleep(30_000);
    expect(page.rooms.filter(({ status }) => status !== "disconnected")).toHaveLength(1);
    page.room.lose(nth % 2 === 0 ? "unknown" : "network_error");
    expect(page.rooms.filter(({ status }) => status !== "disconnected")).toHaveLength(0);
  }
});

test("a token that comes in a pause ends it: `Try again` opens the room at once", async () => {
  const server = new Server();
  server.latencyMs = 100;
  server.always = { status: 401 };
  const page = stay({ server });
  await sleep(60_000); // the pauses are 15 s by now
  server.always = undefined;
  const { length } = page.statuses;
  const token = page.session.getToken({ forceRefresh: true });
  await sleep(101);
  expect(page.room.openedWith).toBe(await token);
  expect(page.statuses).toHaveLength(length);
  page.leave();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
});

test("a new token does not end a pause that began with a valid one", async () => {
  const page = stay({
    open: () => {
      throw new Error("no");
    },
  });
  await sleep(8000); // in the pause of 8 s after the fifth
  await page.session.getToken({ forceRefresh: true });
  await settle();
  expect(page.openedCount).toBe(5);
});

test("the session's error comes after each try, and the room is opened when a token is there", async () => {
  const server = new Server();
  server.latencyMs = 100;
  server.always = { status: 403 };
  const page = stay({ server });
  await sleep(5000);
  const causes = page.statuses.slice(1);
  expect(causes.length).toBeGreaterThan(1);
  expect(new Set(causes.map(([, cause]) => (cause as { code: string }).code))).toEqual(
    new Set(["forbidden"]),
  );
  server.always = undefined;
  await sleep(60_000);
  expect(page.rooms).toHaveLength(1);
});
