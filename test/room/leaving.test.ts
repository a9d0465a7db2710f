/**
 * How a page with the real @telnyx/video in Chromium joins and leaves its room, against a gateway that checks the token of
 * every frame. Each test leaves a log in reports/room.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Room } from "@telnyx/video";
import { expect, test } from "vitest";
import { useMeetings } from "./browser.ts";
import { eventually, type Meeting, openedCountOf, roomToBeEmpty, statusesOf, statusToBe } from "./meeting.ts";

const { meet, meetConnected } = useMeetings();

/** The page opened so many rooms, and none is left: not in the page's statuses, not at the gateway. */
async function expectLeft(meeting: Meeting, status: string, openedCount: number): Promise<void> {
  await statusToBe(meeting, "left");
  await roomToBeEmpty(meeting);
  await delay(3000); // in which it would come back
  expect((await statusesOf(meeting)).at(-1)).toBe(status);
  expect(await openedCountOf(meeting)).toBe(openedCount);
  expect(meeting.gateway.openCount).toBe(0);
  expect(meeting.problems).toEqual([]);
}

test("a meeting that outlives its tokens: every new one is handed over, and none is rejected", async (context) => {
  const meeting = await meetConnected(context, { tokenTtlSecs: 10 });
  const { backEnd, gateway } = meeting;
  await eventually(() => backEnd.tokens.length >= 4);
  const newest = backEnd.tokens.at(-1) ?? "";
  await eventually(() => gateway.frames.some(({ token }) => token === newest));
  expect(gateway.frames.filter(({ isAccepted }) => !isAccepted)).toEqual([]);
  expect(await openedCountOf(meeting)).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("a token that came while the room was opened is the one it connects with", async (context) => {
  const meeting = await meet(context, { tokenTtlSecs: 20 });
  const { gateway, backEnd, page } = meeting;
  await page.evaluate(() => {
    const newToken = () =>
      new Promise((resolve) => {
        const { token: first } = window.stay.session.getSnapshot();
        window.stay.session.subscribe(({ token }) => token !== first && resolve(token));
      });
    window.begin({ onRoom: newToken });
  });
  await statusToBe(meeting, "connected");
  const connecting = gateway.frames.find(({ name }) => name === "attach audiobridge");
  expect(connecting?.token).toBe(backEnd.tokens[1]);
  expect(await openedCountOf(meeting)).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("a lobby that is longer than a token is valid: the session is started early, the room joined later", async (context) => {
  const meeting = await meet(context, { tokenTtlSecs: 10 });
  const { gateway, backEnd, page } = meeting;
  const session = await page.evaluateHandle(() => {
    const session = window.newSession();
    session.start();
    return session;
  });
  await eventually(() => backEnd.tokens.length >= 3);
  await session.evaluate((session) => window.begin({ session }));
  await statusToBe(meeting, "connected");
  expect(gateway.frames.filter(({ isAccepted }) => !isAccepted)).toEqual([]);
  expect(meeting.problems).toEqual([]);
});

test("leaving in the meeting closes the room, and no token is requested any more", async (context) => {
  const meeting = await meetConnected(context, { tokenTtlSecs: 10 });
  await meeting.page.evaluate(() => window.stay.leave());
  await roomToBeEmpty(meeting);
  const { length } = meeting.backEnd.tokens;
  await delay(8000);
  expect(meeting.backEnd.tokens).toHaveLength(length);
  await expectLeft(meeting, "left", 1);
});

test("leaving while the room is initialized closes it when it comes", async (context) => {
  const meeting = await meet(context);
  const { gateway, page } = meeting;
  gateway.before.set("create", () => page.evaluate(() => window.stay.leave()).then(() => delay(1000)));
  await page.evaluate(() => window.begin());
  await expectLeft(meeting, "left", 1);
  expect(gateway.frames.some(({ name }) => name === "attach audiobridge")).toBe(false);
});

test("leaving while the room connects closes it", async (context) => {
  const meeting = await meet(context);
  const { gateway, page } = meeting;
  gateway.unanswered.add("join videoroom");
  await page.evaluate(() => window.begin());
  await eventually(() => gateway.frames.some(({ name }) => name === "join videoroom"));
  await page.evaluate(() => window.stay.leave());
  await expectLeft(meeting, "left", 1);
});

test("closing the session leaves", async (context) => {
  const meeting = await meetConnected(context);
  await meeting.page.evaluate(() => window.stay.session.close());
  await expectLeft(meeting, "left", 1);
});

test("a kick is left for good", async (context) => {
  const meeting = await meetConnected(context);
  meeting.gateway.kick();
  await expectLeft(meeting, "left kicked", 1);
});

test("a room that has ended is left for good", async (context) => {
  const meeting = await meetConnected(context);
  meeting.gateway.destroyRoom();
  await expectLeft(meeting, "left user_initiated", 1);
});

test("a session that the gateway terminates is left for good", async (context) => {
  const meeting = await meetConnected(context);
  meeting.gateway.closeAll(4000);
  await expectLeft(meeting, "left session_terminated", 1);
});

test("a page that disconnects the room itself has left", async (context) => {
  const meeting = await meetConnected(context);
  await meeting.page.evaluate(() => window.stay.rooms[0]?.disconnect());
  await expectLeft(meeting, "left user_initiated", 1);
});

test("a room that `open` has connected itself is refused and closed, and the next one is connected", async (context) => {
  const meeting = await meet(context);
  await meeting.page.evaluate(() =>
    window.begin({ onRoom: (room, nth) => (nth === 1 ? room.connect() : undefined) }),
  );
  await statusToBe(meeting, "connected");
  expect(await statusesOf(meeting)).toEqual(["connecting", "connecting invalid_argument", "connected"]);
  await eventually(() => meeting.gateway.openCount === 1);
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("local tracks stay live, and are published anew in each room", async (context) => {
  const meeting = await meet(context);
  const { page, link } = meeting;
  const tracks = await page.evaluateHandle(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [audio, video] = media.getTracks() as [MediaStreamTrack, MediaStreamTrack];
    return { audio, video };
  });
  await tracks.evaluate((tracks) => {
    const publish = (room: Room, nth: number) =>
      room.addStream("self", tracks).then(() => window.stay.events.push(`room ${nth} published`));
    window.begin({ onRoom: (room, nth) => void room.on("connected", () => publish(room, nth)) });
  });
  for (const nth of [1, 2, 3]) {
    await eventually(() =>
      page.evaluate((line) => window.stay.events.includes(line), `room ${nth} published`),
    );
    if (nth < 3) link.cut();
  }
  const states = await tracks.evaluate(({ audio, video }) => [audio.readyState, video.readyState]);
  expect(states).toEqual(["live", "live"]);
  expect(meeting.problems).toEqual([]);
});

test("in a tab whose timers run once a second it joins, stays, and is back after a cut", async (context) => {
  const meeting = await meetConnected(context, { isHidden: true, tokenTtlSecs: 10 });
  await eventually(() => meeting.backEnd.tokens.length >= 3);
  meeting.link.cut();
  await statusToBe(meeting, "connected", 2);
  expect(await openedCountOf(meeting)).toBe(2);
  expect(meeting.gateway.frames.filter(({ isAccepted }) => !isAccepted)).toEqual([]);
  expect(meeting.problems).toEqual([]);
});

test("a rejection that nobody handles in a page is noticed", async (context) => {
  const meeting = await meet(context);
  await meeting.page.evaluate(() => void Promise.reject(new Error("nobody's")));
  await eventually(() => meeting.problems.length > 0);
  expect(meeting.problems).toEqual(["Error: nobody's"]);
});

test("a request that would leave this machine is noticed", async (context) => {
  const meeting = await meet(context);
  await meeting.page.evaluate(() => fetch("https://elsewhere.test/").catch(() => {}));
  await eventually(() => meeting.problems.length > 0);
  expect(meeting.problems).toEqual(["a request to https://elsewhere.test/"]);
});
