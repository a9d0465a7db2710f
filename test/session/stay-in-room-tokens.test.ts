import { beforeEach, expect, test, vi } from "vitest";
import { Server, settle, sleep, useFakeTime } from "./support.ts";
import { FakeRoom, stay, stayConnected, stubNetwork } from "./video-room.ts";

useFakeTime();

let network: ReturnType<typeof stubNetwork>;
beforeEach(() => {
  network = stubNetwork();
});

/** A page with tokens of so many seconds. */
function serverWith(ttlSecs: number): Server {
  const server = new Server();
  server.ttlSecs = ttlSecs;
  return server;
}

test("a room is handed the session's token before it is connected, and every new one after it", async () => {
  const page = stay({ server: serverWith(60) });
  await settle();
  expect(page.room.tokens).toEqual([page.room.openedWith]);
  page.room.connected();
  const tokens = new Set(page.room.tokens);
  for (let nth = 0; nth < 3; nth++) {
    await sleep(45_000);
    tokens.add(page.session.getSnapshot().token ?? "");
    expect(page.room.tokens.at(-1)).toBe(page.session.getSnapshot().token);
  }
  expect(tokens.size).toBe(4);
  expect(new Set(page.room.tokens)).toEqual(tokens);
});

test("a token that came while the room was being opened is handed over before `connect`", async () => {
  const page = stay({
    server: serverWith(60),
    open: async (clientToken) => {
      await new Promise((resolve) => setTimeout(resolve, 50_000));
      const room = new FakeRoom(clientToken);
      const { connect } = room;
      return Object.assign(room, {
        connect: () => {
          expect(room.tokens).toEqual([page.session.getSnapshot().token]);
          return connect.call(room);
        },
      });
    },
  });
  await sleep(51_000);
  expect(page.room.tokens[0]).not.toBe(page.room.openedWith);
  expect(page.room.status).toBe("connecting");
});

test("a snapshot that brings no new token hands nothing over", async () => {
  const page = await stayConnected({ server: serverWith(600) });
  page.room.answers = false; // else the heartbeat would come
  page.server.always = { status: 503 };
  await sleep(1000);
  const handed = page.room.tokens.length;
  await page.session.getToken({ forceRefresh: true }).catch(() => {});
  expect(page.session.getSnapshot().state).toBe("degraded");
  expect(page.room.tokens).toHaveLength(handed);
});

test("an expired token is not handed over", async () => {
  const page = await stayConnected({ server: serverWith(60) });
  page.server.always = { status: 503 };
  await sleep(100_000);
  expect(page.session.getSnapshot().token).toBeUndefined();
  expect(new Set(page.room.tokens)).toEqual(new Set([page.room.openedWith]));
});

test("a lost room is handed nothing more, and neither is one that was left", async () => {
  const page = await stayConnected({ server: serverWith(60) });
  const [lost] = page.rooms;
  lost?.lose("network_error");
  await sleep(500);
  page.room.connected();
  const handed = lost?.tokens.length;
  await sleep(200_000);
  expect(lost?.tokens).toHaveLength(handed ?? 0);
  page.leave();
  const handedToLast = page.room.tokens.length;
  await page.session.getToken({ forceRefresh: true });
  await sleep(60_000);
  expect(page.room.tokens).toHaveLength(handedToLast);
});

test("the newest token is handed over again 15 seconds after each answer", async () => {
  const page = await stayConnected();
  expect(page.room.tokens).toHaveLength(1);
  await sleep(14_999);
  expect(page.room.tokens).toHaveLength(1);
  await sleep(1);
  expect(page.room.tokens).toHaveLength(2);
  await sleep(60_000);
  expect(page.room.tokens).toHaveLength(6);
  expect(new Set(page.room.tokens).size).toBe(1);
});

test("a room that does not answer within 10 seconds, but did before, is lost", async () => {
  const page = await stayConnected();
  const [room] = page.rooms;
  if (room) room.answers = false;
  await sleep(24_999);
  expect(page.last).toEqual(["connected", undefined]);
  await sleep(1);
  expect(page.last).toEqual(["connecting", "network_error"]);
  expect(room).toMatchObject({ status: "disconnected", disconnectCount: 1 });
  await sleep(500);
  expect(page.rooms).toHaveLength(2);
  expect(page.server.count).toBe(1); // the token is not at fault
});

test("new tokens do not put off the loss of a room that answers none of them", async () => {
  const page = await stayConnected({ server: serverWith(10) });
  await sleep(6000); // one was renewed, and answered
  page.room.answers = false;
  await sleep(15_000);
  expect(page.last).toEqual(["connecting", "network_error"]);
});

test("an answer to any token counts", async () => {
  const page = await stayConnected({ server: serverWith(10) });
  page.room.answers = false;
  await sleep(6000);
  page.room.answers = true;
  await sleep(60_000);
  expect(page.last).toEqual(["connected", undefined]);
});

test("a gateway that never answers tears no meeting down, and is sent no heartbeat", async () => {
  const page = stay({
    open: (clientToken) => Object.assign(new FakeRoom(clientToken), { answers: false }),
  });
  await settle();
  page.room.connected();
  await sleep(300_000);
  network.isOnline = true;
  await settle();
  expect(page.last).toEqual(["connected", undefined]);
  expect(page.room.tokens).toHaveLength(1);
});

test("an `updateClientToken` that rejects counts as no answer", async () => {
  const page = await stayConnected();
  page.room.updateClientToken = () => Promise.reject(new Error("no"));
  await sleep(25_000);
  expect(page.last).toEqual(["connecting", "network_error"]);
});

test("back online the newest token is handed over at once: a link that is dead is found after 10 seconds", async () => {
  const page = await stayConnected();
  page.room.answers = false;
  network.isOnline = true;
  expect(page.room.tokens).toHaveLength(2);
  network.isOnline = true; // nothing more while an answer is awaited
  expect(page.room.tokens).toHaveLength(2);
  await sleep(10_000);
  expect(page.last).toEqual(["connecting", "network_error"]);
});

test("an answer that comes after the room was lost sets nothing off", async () => {
  const page = await stayConnected();
  const [room] = page.rooms;
  let answer = () => {};
  const never = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const update = vi.fn(() => never);
  Object.assign(room ?? {}, { updateClientToken: update });
  await sleep(16_000);
  room?.lose("network_error");
  await sleep(500);
  answer();
  await sleep(60_000);
  expect(update).toHaveBeenCalledTimes(1);
  expect(page.openedCount).toBe(2);
});
