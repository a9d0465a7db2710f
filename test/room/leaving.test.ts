/**
 * How a page with the real @telnyx/video in Chromium stays in its room and leaves it, against a gateway that checks the
 * token of every frame. Each test leaves a log in reports/room.
 */
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  eventually,
  type Meeting,
  openedCountOf,
  roomToBeEmpty,
  statusesOf,
  statusToBe,
  useMeetings,
} from "./meeting.ts";

const { meet, meetConnected } = useMeetings();

test("a token that came while the room was opened is the one it connects with", async (context) => {
  const meeting = await meet(context, { tokenTtlSecs: 20 });
  const { gateway, backEnd, page } = meeting;
  await page.evaluate(() => {
    const newToken = () =>
      new Promise((resolve) => {
        const { session } = window.stay;
        const { token: first } = session.getSnapshot();
        session.subscribe(({ token }) => token !== first && resolve(token));
      });
    window.begin(newToken);
  });
  await statusToBe(meeting, "connected");
  const connecting = gateway.frames.find(({ name }) => name === "attach audiobridge");
  expect(connecting?.token).toBe(backEnd.tokens[1]);
  expect(await openedCountOf(meeting)).toBe(1);
});

test("in a tab whose timers run once a second it joins, outlives its tokens, and is back after a cut", async (context) => {
  const meeting = await meetConnected(context, { isHidden: true, tokenTtlSecs: 10 });
  const { gateway, backEnd, link } = meeting;
  await eventually(() => gateway.frames.some(({ token }) => token === backEnd.tokens[3]));
  expect(await openedCountOf(meeting)).toBe(1);
  link.cut();
  await statusToBe(meeting, "connected", 2);
  expect(await openedCountOf(meeting)).toBe(2);
  expect(gateway.rejected).toEqual([]);
});

test("local tracks stay live, and are published anew in each room", async (context) => {
  const { page, link } = await meet(context);
  const tracks = await page.evaluateHandle(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [audio, video] = media.getTracks() as [MediaStreamTrack, MediaStreamTrack];
    return { audio, video, publishedCount: 0 };
  });
  await tracks.evaluate((tracks) => {
    const { audio, video } = tracks;
    window.begin((room) => {
      room.on("connected", () =>
        room.addStream("self", { audio, video }).then(() => tracks.publishedCount++),
      );
    });
  });
  for (const nth of [1, 2, 3]) {
    await eventually(() => tracks.evaluate(({ publishedCount }, nth) => publishedCount === nth, nth));
    if (nth < 3) link.cut();
  }
  const states = await tracks.evaluate(({ audio, video }) => [audio.readyState, video.readyState]);
  expect(states).toEqual(["live", "live"]);
});

/** The page has left with that status, on the side of the gateway too, and does not come back. */
async function expectLeft(meeting: Meeting, status: string): Promise<void> {
  await statusToBe(meeting, "left");
  await roomToBeEmpty(meeting);
  const { length } = meeting.backEnd.tokens;
  await delay(6000); // in which it would come back, and get another token
  expect((await statusesOf(meeting)).at(-1)).toBe(status);
  expect(await openedCountOf(meeting)).toBe(1);
  expect(meeting.gateway.openCount).toBe(0);
  expect(meeting.backEnd.tokens).toHaveLength(length);
}

const leave = ({ page }: Meeting): Promise<void> => page.evaluate(() => window.stay.leave());
const disconnect = ({ page }: Meeting) => page.evaluate(() => window.stay.rooms[0]?.disconnect());

test.for<[title: string, end: (meeting: Meeting) => unknown, status: string]>([
  ["that leaves", leave, "left"],
  ["that disconnects its room itself", disconnect, "left user_initiated"],
  ["that is kicked", ({ gateway }) => gateway.kick(), "left kicked"],
  ["whose room ends", ({ gateway }) => gateway.destroyRoom(), "left user_initiated"],
  ["whose session is terminated", ({ gateway }) => gateway.closeAll(4000), "left session_terminated"],
])("a page %s in the meeting has left for good", async ([, end, status], context) => {
  const meeting = await meetConnected(context, { tokenTtlSecs: 10 });
  await end(meeting);
  await expectLeft(meeting, status);
});

test.for([
  ["initialized", "create"],
  ["connected", "join videoroom"],
] as const)("a room that is being %s when the page leaves is closed", async ([, frame], context) => {
  const meeting = await meet(context);
  meeting.gateway.before.set(frame, () => leave(meeting).then(() => delay(1000)));
  await meeting.page.evaluate(() => window.begin());
  await expectLeft(meeting, "left");
  expect(meeting.gateway.frames.map(({ name }) => name)).not.toContain("configure audiobridge");
});

test("a rejection that nobody handles in a page is noticed, and a request that would leave this machine", async (context) => {
  const expected = ["Error: nobody's", "a request to https://elsewhere.test/"];
  const { page, problems } = await meet(context, { mayHave: expected });
  await page.evaluate(() => {
    Promise.reject(new Error("nobody's"));
    fetch("https://elsewhere.test/").catch(() => {});
  });
  await eventually(() => expected.every((problem) => problems.includes(problem)));
});
