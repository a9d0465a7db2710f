import { beforeEach, expect, test, vi } from "vitest";
import { RoomTokenError, type StayInRoomOptions, stayInRoom } from "../../src/session/index.ts";
import { open, Server, settle, sleep, useFakeTime } from "./support.ts";
import { FakeRoom, stay, stayConnected, stubNetwork } from "./video-room.ts";

useFakeTime();

let network: ReturnType<typeof stubNetwork>;
beforeEach(() => {
  network = stubNetwork();
});

test("it opens a room with a valid token, connects it, and says so", async () => {
  const page = stay();
  expect(page.statuses).toEqual([["connecting", undefined]]); // before it returns
  expect(page.openedCount).toBe(0);
  await settle();
  expect(page.rooms).toHaveLength(1);
  expect(page.room.openedWith).toBe(page.session.getSnapshot().token);
  expect(page.room.status).toBe("connecting");
  expect(page.statuses).toHaveLength(1);
  page.room.connected();
  await settle();
  expect(page.statuses).toEqual([
    ["connecting", undefined],
    ["connected", undefined],
  ]);
});

test("it starts the session, and leaving stops it, whoever started it", async () => {
  const server = new Server();
  server.ttlSecs = 60;
  const session = open(server);
  session.start();
  const page = await stayConnected({ server, session });
  await sleep(45_000);
  expect(server.operations).toBe("cr");
  page.leave();
  await sleep(600_000);
  expect(server.operations).toBe("cr");
});

test("a room is not opened with a token that is about to expire", async () => {
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

test("the function that it returns leaves: the room is disconnected, and nothing is opened again", async () => {
  const page = await stayConnected();
  page.leave();
  expect(page.last).toEqual(["left", undefined]);
  page.leave();
  await sleep(120_000);
  expect(page.room).toMatchObject({ status: "disconnected", disconnectCount: 1 });
  expect(page.openedCount).toBe(1);
  expect(page.statuses).toHaveLength(3);
});

test("what a click handler passes to that function is no cause", async () => {
  const page = await stayConnected();
  (page.leave as (event: unknown) => void)({ type: "click" });
  expect(page.last).toEqual(["left", undefined]);
});

test("closing the session leaves", async () => {
  const page = await stayConnected();
  page.session.close();
  expect(page.last).toEqual(["left", undefined]);
  await sleep(120_000);
  expect(page.room.status).toBe("disconnected");
  expect(page.openedCount).toBe(1);
});

const MOMENTS: Record<string, (page: ReturnType<typeof stay>) => Promise<void>> = {
  "in the first `connecting`": async () => {},
  "while the first token is on its way": async (page) => {
    page.server.latencyMs = 500;
    await sleep(100);
  },
  "while the room connects": settle,
  "in the meeting": async (page) => {
    await settle();
    page.room.connected();
    await settle();
  },
  "in a pause": async (page) => {
    await settle();
    page.room.lose("network_error");
    await settle();
  },
  offline: async (page) => {
    await settle();
    network.isOnline = false;
    page.room.lose("network_error");
    await sleep(5000);
  },
  "while an answer of the room is awaited": async (page) => {
    await settle();
    page.room.connected();
    page.room.answers = false;
    await sleep(16_000);
  },
};

test.each(Object.entries(MOMENTS))(
  "leaving %s leaves nothing behind: no timer, no listener, no opening",
  async (_, moment) => {
    const page = stay();
    await moment(page);
    const openedCount = page.openedCount;
    page.leave();
    await settle();
    expect(vi.getTimerCount()).toBe(0);
    expect(network.listenerCount).toBe(0);
    network.isOnline = true;
    await sleep(120_000);
    expect(page.openedCount).toBe(openedCount);
    expect(page.rooms.map(({ status }) => status)).toEqual(page.rooms.map(() => "disconnected"));
    expect(page.last).toEqual(["left", undefined]);
    expect(page.statuses.filter(([status]) => status === "left")).toHaveLength(1);
  },
);

test("leaving removes every listener from the session", async () => {
  const session = open(new Server());
  const listeners = new Set();
  const { subscribe } = session;
  Object.assign(session, {
    subscribe: (listener: () => void) => {
      const unsubscribe = subscribe(listener);
      listeners.add(listener);
      return () => {
        unsubscribe();
        listeners.delete(listener);
      };
    },
  });
  const page = await stayConnected({ session });
  expect(listeners.size).toBe(2);
  page.leave();
  expect(listeners.size).toBe(0);
});

test("a room that comes after leaving is disconnected, and never connected", async () => {
  const page = stay({
    open: async (clientToken) => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return new FakeRoom(clientToken);
    },
  });
  await settle();
  page.leave();
  await sleep(1000);
  expect(page.room).toMatchObject({ status: "disconnected", disconnectCount: 1, tokens: [] });
  expect(page.statuses).toEqual([
    ["connecting", undefined],
    ["left", undefined],
  ]);
});

test("leaving aborts the wait for a token: no room is opened with it", async () => {
  const server = new Server();
  server.latencyMs = 1000;
  const page = stay({ server });
  await sleep(500);
  page.leave();
  await sleep(5000);
  expect(page.openedCount).toBe(0);
});

test("a page that leaves in its own `connected` handler hears nothing after `left`", async () => {
  const page = stay({
    open: (clientToken) => {
      const room = new FakeRoom(clientToken);
      room.on("connected", () => page.leave());
      return room;
    },
  });
  await settle();
  page.room.connected();
  await settle();
  expect(page.statuses.map(([status]) => status)).toEqual(["connecting", "left"]);
});

test("a page may leave in `onStatus`", async () => {
  const page = stay({
    onStatus: (status) => {
      if (status === "connected") page.leave();
    },
  });
  await settle();
  page.room.connected();
  await settle();
  expect(page.statuses.map(([status]) => status)).toEqual(["connecting", "connected", "left"]);
  expect(page.room.status).toBe("disconnected");
});

test("a page that leaves when it hears of a loss leaves no timer of the pause", async () => {
  const page = await stayConnected({ onStatus: (_, cause) => void (cause && page.leave()) });
  page.room.lose("network_error");
  await settle();
  expect(page.last).toEqual(["left", undefined]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a session that is closed in the first `onStatus` opens nothing", async () => {
  const session = open(new Server());
  const page = stay({ session, onStatus: () => session.close() });
  await sleep(5000);
  expect(page.statuses.map(([status]) => status)).toEqual(["connecting", "left"]);
  expect(page.openedCount).toBe(0);
});

test("after leaving a page may stay again, with the token that is still valid", async () => {
  const server = new Server();
  const session = open(server);
  stay({ server, session }).leave();
  const page = await stayConnected({ server, session });
  expect(page.last).toEqual(["connected", undefined]);
  expect(server.count).toBe(1);
  expect(page.rooms).toHaveLength(1);
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

test("without `onStatus` it works all the same", async () => {
  const room = new FakeRoom("");
  const leave = stayInRoom(open(new Server()), () => room);
  await settle();
  room.connected();
  await settle();
  expect(room.tokens).toHaveLength(1);
  leave();
  expect(room.status).toBe("connected"); // in this turn
  await settle();
  expect(room.status).toBe("disconnected");
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

test("without a page's globals it works: Node has no navigator and no events of its own", async () => {
  vi.unstubAllGlobals();
  const page = await stayConnected();
  page.room.lose("network_error");
  await sleep(1000);
  expect(page.rooms).toHaveLength(2);
});

test("the error of a session that gets no token is the cause", async () => {
  const server = new Server();
  server.latencyMs = 100;
  server.always = { status: 403 };
  const page = stay({ server });
  await sleep(100);
  const [status, cause] = page.last ?? [];
  expect(status).toBe("connecting");
  expect(cause).toBeInstanceOf(RoomTokenError);
  expect(cause).toMatchObject({ code: "forbidden" });
});
