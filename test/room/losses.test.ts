/**
 * What happens to a page with the real @telnyx/video in Chromium when its room is lost, against a gateway that checks the
 * token of every frame. Each test leaves a log in reports/room.
 */
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { useMeetings } from "./browser.ts";
import { eventually, openedCountOf, statusesOf, statusToBe } from "./meeting.ts";

/** What `initialize` of the SDK leaves behind when its WebSocket fails: an Event, which no caller can catch. */
const SDKS_OWN = ["Event"];

const { meet, meetConnected } = useMeetings();

test("a gateway that is gone for 5 s: the page is back when the SDK has given up", async (context) => {
  const meeting = await meetConnected(context);
  await meeting.gateway.stop();
  await delay(5000);
  await meeting.gateway.startAgain();
  await statusToBe(meeting, "connected", 2);
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.problems.filter((problem) => !SDKS_OWN.includes(problem))).toEqual([]);
});

test("a token that is rejected on initialize is renewed when the SDK has given up", async (context) => {
  const meeting = await meet(context);
  const { gateway, backEnd, page } = meeting;
  gateway.before.set("create", () => gateway.ban(backEnd.tokens[0]));
  await page.evaluate(() => window.begin());
  await statusToBe(meeting, "connected");
  expect(await statusesOf(meeting)).toEqual(["connecting", "connecting network_error", "connected"]);
  expect(backEnd.tokens).toHaveLength(2);
  expect(meeting.problems).toEqual([]);
});

test("a connect that is never answered: the SDK gives up, and the next room is connected", async (context) => {
  const meeting = await meet(context);
  const { gateway, page } = meeting;
  gateway.unanswered.add("join videoroom");
  await page.evaluate(() => window.begin());
  await statusToBe(meeting, "connecting", 2);
  gateway.unanswered.clear();
  await statusToBe(meeting, "connected");
  expect(await statusesOf(meeting)).toEqual(["connecting", "connecting timed_out", "connected"]);
  expect(gateway.inRoomCount).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("bytes that are lost on the first opening: the SDK gives up, and the next room is connected", async (context) => {
  const meeting = await meet(context);
  meeting.link.swallow();
  await meeting.page.evaluate(() => window.begin());
  await delay(5000);
  meeting.link.cut();
  await statusToBe(meeting, "connected");
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.problems.filter((problem) => !SDKS_OWN.includes(problem))).toEqual([]);
});

test("every token is rejected for 40 s: few openings, and at most one renewal in 30 s", async (context) => {
  const meeting = await meet(context);
  const { gateway, backEnd, page } = meeting;
  gateway.rejects = (name) => name === "attach audiobridge";
  await page.evaluate(() => window.begin());
  await delay(40_000);
  expect(await openedCountOf(meeting)).toBeLessThanOrEqual(8);
  expect(backEnd.tokens.length).toBeLessThanOrEqual(3);
  expect(backEnd.tokens.length).toBeGreaterThan(1);
  gateway.rejects = () => false;
  await statusToBe(meeting, "connected");
  expect(gateway.mostAtOnce).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("a link that swallows every byte, without an event: found by the heartbeat", async (context) => {
  const meeting = await meetConnected(context);
  meeting.link.swallow();
  await statusToBe(meeting, "connecting", 2);
  expect((await statusesOf(meeting)).at(-1)).toBe("connecting network_error");
  meeting.link.cut();
  await statusToBe(meeting, "connected", 2);
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.backEnd.tokens).toHaveLength(1);
});

test("a gateway that answers no new token: the room stays", async (context) => {
  const meeting = await meet(context);
  meeting.gateway.unanswered.add("keepalive");
  await meeting.page.evaluate(() => window.begin());
  await statusToBe(meeting, "connected");
  await delay(28_000);
  expect(await statusesOf(meeting)).toEqual(["connecting", "connected"]);
  expect(meeting.problems).toEqual([]);
});

test("offline for longer than a token is valid: no opening meanwhile, and back when the network is", async (context) => {
  const meeting = await meetConnected(context, { tokenTtlSecs: 10 });
  const { context: browserContext, link } = meeting;
  await browserContext.setOffline(true);
  link.swallow();
  await statusToBe(meeting, "connecting", 2);
  await delay(12_000);
  expect(await openedCountOf(meeting)).toBe(1);
  link.cut();
  await browserContext.setOffline(false);
  await statusToBe(meeting, "connected", 2);
  expect(await openedCountOf(meeting)).toBe(2);
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.gateway.frames.filter(({ isAccepted }) => !isAccepted)).toEqual([]);
  expect(meeting.problems).toEqual([]);
});

test("offline from the start: the room is opened when the network is there", async (context) => {
  const meeting = await meet(context);
  await meeting.context.setOffline(true);
  await meeting.page.evaluate(() => window.begin());
  await delay(3000);
  expect(await openedCountOf(meeting)).toBe(0);
  await meeting.context.setOffline(false);
  await statusToBe(meeting, "connected");
  expect(meeting.problems).toEqual([]);
});

test("a page whose own `disconnected` handler throws: the loss is found by the heartbeat", async (context) => {
  const meeting = await meet(context);
  await meeting.page.evaluate(() =>
    window.begin({
      onRoom: (room, nth) => {
        if (nth > 1) return;
        room.on("disconnected", () => {
          throw new Error("the page's own");
        });
      },
    }),
  );
  await statusToBe(meeting, "connected");
  await eventually(() => meeting.gateway.frames.some(({ name }) => name === "keepalive"));
  meeting.link.cut();
  await statusToBe(meeting, "connected", 2);
  expect(meeting.problems).toEqual(["Error: the page's own"]);
});

test("a WebSocket that is cut: a new room with the page's handlers, and no renewal", async (context) => {
  const meeting = await meetConnected(context);
  meeting.link.cut();
  await statusToBe(meeting, "connected", 2);
  expect(await meeting.page.evaluate(() => window.stay.events)).toEqual([
    "room 1 connected",
    "room 1 disconnected network_error",
    "room 2 connected",
  ]);
  expect(meeting.backEnd.tokens).toHaveLength(1);
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.gateway.mostAtOnce).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("a connection that is cut while it connects", async (context) => {
  const meeting = await meet(context);
  const { gateway, page, link } = meeting;
  gateway.unanswered.add("join videoroom");
  await page.evaluate(() => window.begin());
  await eventually(() => gateway.frames.some(({ name }) => name === "join videoroom"));
  gateway.unanswered.clear();
  link.cut();
  await statusToBe(meeting, "connected");
  expect(await openedCountOf(meeting)).toBe(2);
  expect(gateway.inRoomCount).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("a 401 in mid-meeting leads to one renewal, and to a new room", async (context) => {
  const meeting = await meetConnected(context);
  const { gateway, backEnd } = meeting;
  gateway.ban(backEnd.tokens[0]);
  await statusToBe(meeting, "connected", 2);
  await delay(6000); // a keepalive more
  expect(backEnd.tokens).toHaveLength(2);
  expect(await openedCountOf(meeting)).toBe(2);
  expect(gateway.frames.at(-1)).toMatchObject({ token: backEnd.tokens[1], isAccepted: true });
  expect(gateway.inRoomCount).toBe(1);
  expect(meeting.problems).toEqual([]);
});

test("a 401 on connect leads to one renewal, at once", async (context) => {
  const meeting = await meet(context);
  const { gateway, backEnd, page } = meeting;
  gateway.before.set("attach audiobridge", () => gateway.ban(backEnd.tokens[0]));
  await page.evaluate(() => window.begin());
  await statusToBe(meeting, "connected");
  expect(await statusesOf(meeting)).toEqual(["connecting", "connecting unknown", "connected"]);
  expect(backEnd.tokens).toHaveLength(2);
  expect(meeting.problems).toEqual([]);
});

test("a connect that throws: its socket is closed, and the next room is connected", async (context) => {
  const meeting = await meet(context);
  await meeting.page.evaluate(() => {
    const { RTCPeerConnection } = window;
    let count = 0;
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor() {
        if (count++ === 0) throw new Error("too many");
        super();
      }
    };
    window.begin();
  });
  await statusToBe(meeting, "connected");
  await eventually(() => meeting.gateway.openCount === 1);
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.problems).toEqual([]);
});
