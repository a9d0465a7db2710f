import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import { type StayInRoomOptions, stayInRoom } from "../../src/session/index.ts";
import { open, Server, settle, sleep, useFakeTime } from "./support.ts";
import { FakeRoom, stay, stayConnected, useNetwork } from "./video-room.ts";

useFakeTime();
const network = useNetwork();

test("it opens a room with a valid token, connects it, and says so", async () => {
  const page = stay();
  expect(page.statuses).toEqual([["connecting", undefined]]); // before it returns
  await settle();
  expect(page.room.openedWith).toBe(page.session.getSnapshot().token);
  expect(page.room.status).toBe("connecting");
  expect(page.statuses).toHaveLength(1);
  await page.room.connected();
  expect(page.statuses.slice(1)).toEqual([["connected", undefined]]);
});

test("it starts the session, and leaving stops it; the next stay begins with the token that is still valid", async () => {
  const page = await stayConnected();
  await sleep(480_000); // of 600 s
  expect(page.server.operations).toBe("cc");
  page.leave();
  const { server, session } = page;
  const next = await stayConnected({ session });
  expect(next.last).toEqual(["connected", undefined]);
  next.leave();
  await sleep(3_600_000);
  expect(server.operations).toBe("cc");
});

test("a room is not opened with a token that expires within a minute", async () => {
  const page = stay();
  await settle();
  page.session.stop(); // so that it is not renewed in the background
  await sleep(541_000); // of 600 s
  page.room.lose("network_error");
  await sleep(500);
  expect(page.rooms).toHaveLength(2);
  expect(page.server.count).toBe(2);
  expect(page.session.tokenValidForMs).toBeGreaterThan(590_000);
});

type Page = ReturnType<typeof stay>;

test.each<[title: string, leave: (page: Page) => void]>([
  ["the function that it returns", (page) => page.leave()],
  [
    "that function, called with a click,",
    (page) => (page.leave as (event: object) => void)({ type: "click" }),
  ],
  ["closing the session", (page) => page.session.close()],
])(
  "%s leaves, without a cause: the room is disconnected once, and none is opened again",
  async (_, leave) => {
    const page = await stayConnected();
    leave(page);
    leave(page);
    expect(page.last).toEqual(["left", undefined]);
    await sleep(120_000);
    expect(page.room).toMatchObject({ status: "disconnected", disconnectCount: 1 });
    expect(page.opened).toHaveLength(1);
    expect(page.statuses).toHaveLength(3);
  },
);

const MOMENTS: Record<string, (page: Page) => unknown> = {
  "in the first `connecting`": () => {},
  "while the room connects": settle,
  "in a pause": async (page) => {
    await settle();
    page.room.lose("network_error");
    await settle();
  },
  offline: async () => {
    network.isOnline = false;
    await sleep(5000);
  },
  "while an answer of the room is awaited": async (page) => {
    await settle();
    page.room.answers = false;
    await sleep(16_000);
  },
};

test.each(Object.entries(MOMENTS))(
  "leaving %s leaves nothing behind: no timer, no listener, no opening",
  async (_, moment) => {
    const page = stay();
    expect(page.listeners.size).toBeGreaterThan(0);
    await moment(page);
    const { length } = page.opened;
    page.leave();
    await settle();
    expect(vi.getTimerCount()).toBe(0);
    expect(network.listenerCount).toBe(0);
    expect(page.listeners.size).toBe(0);
    network.isOnline = true;
    await sleep(120_000);
    expect(page.opened).toHaveLength(length);
    for (const { status } of page.rooms) expect(status).toBe("disconnected");
    expect(page.statuses.filter(([status]) => status === "left")).toEqual([["left", undefined]]);
  },
);

test("a token that comes after leaving opens no room", async () => {
  const server = new Server();
  server.latencyMs = 1000;
  const page = stay({ server });
  await sleep(500);
  page.leave();
  await sleep(5000);
  expect(page.opened).toEqual([]);
});

test("a room that comes after leaving is disconnected, and never connected", async () => {
  const page = stay({ openingMs: 1000 });
  await settle();
  page.leave();
  await sleep(1000);
  expect(page.room).toMatchObject({ status: "disconnected", disconnectCount: 1, tokens: [] });
  expect(page.statuses.map(([status]) => status)).toEqual(["connecting", "left"]);
});

test.each([
  [1, ["connecting", "left"]],
  [2, ["connecting", "connected", "left"]],
  [3, ["connecting", "connected", "connecting", "left"]],
])("a page may leave in `onStatus`, in call %i", async (nth, statuses) => {
  const session = open(new Server());
  let calls = 0;
  const page = stay({ session, onStatus: () => ++calls === nth && session.close() });
  await settle();
  await page.rooms[0]?.connected();
  page.rooms[0]?.lose("network_error");
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  await sleep(5000);
  expect(page.statuses.map(([status]) => status)).toEqual(statuses);
  expect(page.opened).toHaveLength(nth === 1 ? 0 : 1);
});

test("a page that leaves in its own `connected` handler hears nothing after `left`", async () => {
  const page = stay();
  await settle();
  page.room.on("connected", () => page.leave());
  await page.room.connected();
  expect(page.statuses.map(([status]) => status)).toEqual(["connecting", "left"]);
});

test("a second call with the session leaves the room of the first, and the session goes on", async () => {
  const first = await stayConnected();
  const { session } = first;
  const second = await stayConnected({ session });
  expect(first.last).toEqual(["left", undefined]);
  expect(first.room.status).toBe("disconnected");
  await sleep(600_000);
  expect(first.opened).toHaveLength(1);
  expect(second.room.tokens.length).toBeGreaterThan(1);
});

test("a page that disconnects its room and joins again at once has a session that goes on", async () => {
  const first = await stayConnected();
  first.room.disconnect();
  const second = await stayConnected({ session: first.session });
  await sleep(600_000);
  expect(second.last).toEqual(["connected", undefined]);
  expect(second.session.getSnapshot().state).toBe("ready");
});

test("on a closed session it throws session_closed", () => {
  const session = open(new Server());
  session.close();
  expect(() => stay({ session })).toThrow(expect.objectContaining({ code: "session_closed" }));
});

test.each([
  [undefined, {}, "open must be a function"],
  [{}, {}, "open must be a function"],
  [() => {}, { onstatus: () => {} }, 'options must not contain "onstatus"; it may contain onStatus'],
  [() => {}, { onStatus: "connected" }, "onStatus must be a function"],
  [() => {}, null, "options must be an object"],
])(
  "stayInRoom(session, %s, %s) is invalid_argument, and the session is not started",
  async (open_, options, message) => {
    const server = new Server();
    const session = open(server);
    const call = () => stayInRoom(session, open_ as never, options as StayInRoomOptions);
    expect(call).toThrow(expect.objectContaining({ code: "invalid_argument", message }));
    await sleep(1000);
    expect(server.count).toBe(0);
  },
);

test("it works without options, and in Node, which has no navigator and no events of its own", async () => {
  vi.unstubAllGlobals();
  const rooms: FakeRoom[] = [];
  const leave = stayInRoom(open(new Server()), (clientToken) => {
    const room = new FakeRoom(clientToken);
    rooms.push(room);
    return room;
  });
  await settle();
  await rooms[0]?.connected();
  rooms[0]?.lose("network_error");
  await sleep(1000);
  leave();
  await settle();
  expect(rooms.map(({ status, disconnectCount }) => [status, disconnectCount])).toEqual([
    ["disconnected", 0],
    ["disconnected", 1],
  ]);
});

test("what `onStatus` throws or rejects with goes to reportError, and reaches nothing else", async () => {
  const reportError = vi.fn();
  vi.stubGlobal("document", {});
  vi.stubGlobal("reportError", reportError);
  const page = await stayConnected({
    onStatus: (status) => {
      if (status === "connected") return Promise.reject("later");
      throw "at once";
    },
  });
  page.leave();
  await settle();
  expect(page.room.status).toBe("disconnected");
  expect(reportError.mock.calls).toEqual([["at once"], ["later"], ["at once"]]);
});

test("a page that leaves while a room gets its first token leaves no listener", async () => {
  const session = open(new Server());
  const page = stay({
    session,
    open: (clientToken) => {
      const { subscribe } = session;
      const leaveFirst: typeof subscribe = (listener) => {
        page.leave();
        return subscribe(listener);
      };
      Object.assign(session, { subscribe: leaveFirst });
      return new FakeRoom(clientToken);
    },
  });
  await settle();
  expect(page.room.status).toBe("disconnected");
  expect(page.listeners.size).toBe(0);
});

test("rooms that are over, and pauses, leave no listener on the session and on the signal of the whole stay", async () => {
  const session = open(new Server());
  const getToken = vi.spyOn(session, "getToken");
  const page = await stayConnected({ session });
  const [signal] = getToken.mock.calls.map(([options]) => options?.signal);
  const count = () => [page.listeners.size, getEventListeners(signal as AbortSignal, "abort").length];
  const before = count();
  for (let nth = 0; nth < 5; nth++) {
    page.room.lose("network_error");
    await sleep(60_000);
  }
  expect(page.rooms).toHaveLength(6);
  expect(new Set(getToken.mock.calls.map(([options]) => options?.signal))).toEqual(new Set([signal]));
  expect(count()).toEqual(before);
});
