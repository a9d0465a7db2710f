import { expect, test } from "vitest";
import { DOWN, settle, sleep, useFakeTime } from "./support.ts";
import { FakeRoom, stay, stayConnected, useNetwork } from "./video-room.ts";

useFakeTime();
const network = useNetwork();

const LOST = ["connecting", "network_error"];

test("a room is handed the newest token before `connect`, and every new one after it", async () => {
  const page = stay({ ttlSecs: 60, openingMs: 50_000 }); // it is renewed after 45 s
  await sleep(50_000);
  const tokens = [page.session.getSnapshot().token];
  expect(page.room.tokensBefore).toEqual(tokens);
  expect(page.room.openedWith).not.toBe(tokens[0]);
  await page.room.connected();
  for (let nth = 0; nth < 3; nth++) {
    await sleep(45_000);
    tokens.push(page.session.getSnapshot().token);
    expect(page.room.tokens.at(-1)).toBe(tokens.at(-1));
  }
  expect(new Set(page.room.tokens)).toEqual(new Set(tokens));
  expect(new Set(tokens).size).toBe(4);
});

test("a renewal that fails hands nothing over, neither does a token that expires", async () => {
  const open = (clientToken: string) => Object.assign(new FakeRoom(clientToken), { answers: false });
  const page = stay({ ttlSecs: 60, open }); // without an answer there is no heartbeat
  await settle();
  await page.room.connected();
  page.server.always = DOWN;
  for (const state of ["degraded", "failed"]) {
    await sleep(50_000);
    expect(page.session.getSnapshot().state).toBe(state);
    expect(page.room.tokens).toEqual([page.room.openedWith]);
  }
});

test("a lost room is handed nothing more, and neither is one that was left", async () => {
  const page = await stayConnected({ ttlSecs: 60 });
  page.room.lose("network_error");
  await sleep(500);
  await page.room.connected();
  await sleep(200_000);
  expect(page.rooms[0]?.tokens).toHaveLength(1);
  page.leave();
  const { length } = page.room.tokens;
  await page.session.getToken({ forceRefresh: true });
  await sleep(60_000);
  expect(page.room.tokens).toHaveLength(length);
});

test("the newest token is handed over again 15 seconds after each answer", async () => {
  const page = await stayConnected();
  await sleep(14_999);
  expect(page.room.tokens).toHaveLength(1);
  await sleep(1);
  expect(page.room.tokens).toHaveLength(2);
  await sleep(60_000);
  expect(page.room.tokens).toHaveLength(6);
  expect(new Set(page.room.tokens).size).toBe(1);
});

test.each([
  ["does not answer", () => new Promise<void>(() => {})],
  ["rejects", () => Promise.reject(new Error("no"))],
])("a room that %s within 10 seconds, but answered before, is lost", async (_, updateClientToken) => {
  const page = await stayConnected();
  const { room } = page;
  Object.assign(room, { updateClientToken });
  await sleep(24_999);
  expect(page.last).toEqual(["connected", undefined]);
  await sleep(1);
  expect(page.last).toEqual(LOST);
  expect(room).toMatchObject({ status: "disconnected", disconnectCount: 1 });
  await sleep(500);
  expect(page.rooms).toHaveLength(2);
  expect(page.server.count).toBe(1); // the token is not at fault
});

test("new tokens do not put off the loss of a room that answers none of them", async () => {
  const page = await stayConnected({ ttlSecs: 10 });
  await sleep(6000); // one was renewed, and answered
  page.room.answers = false;
  await sleep(15_000);
  expect(page.last).toEqual(LOST);
});

test("an answer to any token counts", async () => {
  const page = await stayConnected({ ttlSecs: 10 });
  page.room.answers = false;
  await sleep(6000);
  page.room.answers = true;
  await sleep(60_000);
  expect(page.last).toEqual(["connected", undefined]);
});

test("a room that never answers is not lost, and is sent no heartbeat", async () => {
  const open = (clientToken: string) => Object.assign(new FakeRoom(clientToken), { answers: false });
  const page = stay({ open });
  await settle();
  await page.room.connected();
  await sleep(300_000);
  network.isOnline = true;
  await settle();
  expect(page.last).toEqual(["connected", undefined]);
  expect(page.room.tokens).toHaveLength(1);
});

test("back online the newest token is handed over at once: a link that is dead is found after 10 seconds", async () => {
  const page = await stayConnected();
  page.room.answers = false;
  network.isOnline = true;
  expect(page.room.tokens).toHaveLength(2);
  network.isOnline = true; // nothing more while an answer is awaited
  expect(page.room.tokens).toHaveLength(2);
  await sleep(10_000);
  expect(page.last).toEqual(LOST);
});

test("an answer that comes after the room was lost sets nothing off", async () => {
  const page = await stayConnected();
  const { room } = page;
  room.answers = false;
  await sleep(16_000);
  room.lose("network_error");
  room.answerAll();
  await sleep(60_000);
  expect(room.tokens).toHaveLength(2);
  expect(page.opened).toHaveLength(2);
});
