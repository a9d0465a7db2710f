/**
 * What happens to a page with the real @telnyx/video in Chromium when its room is lost, against a gateway that checks the
 * token of every frame; a cut and a rejected token in mid-meeting are in pages.test.ts. Each test leaves a log in
 * reports/room.
 */
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  eventually,
  type Meeting,
  openedCountOf,
  SDKS_OWN,
  statusesOf,
  statusToBe,
  useMeetings,
} from "./meeting.ts";

const { meet, meetConnected } = useMeetings();

const rejectToken = ({ gateway, backEnd }: Meeting): void => gateway.ban(backEnd.tokens[0]);
const cut = ({ link }: Meeting): void => link.cut();
const never = (): Promise<void> => new Promise(() => {});

type Row = [
  title: string,
  frame: string,
  happens: (meeting: Meeting) => unknown,
  cause: string,
  tokens: number,
];

test.for<Row>([
  ["a token that is rejected on initialize", "create", rejectToken, "network_error", 2],
  ["a token that is rejected on connect", "attach audiobridge", rejectToken, "unknown", 2],
  ["a connection that is cut while it connects", "join videoroom", cut, "network_error", 1],
  ["a connect that is never answered", "join videoroom", never, "timed_out", 1],
])("%s: the next room is connected", async ([, frame, happens, cause, tokens], context) => {
  const meeting = await meet(context);
  meeting.gateway.before.set(frame, () => happens(meeting));
  await meeting.page.evaluate(() => window.begin());
  await statusToBe(meeting, "connected");
  expect(await statusesOf(meeting)).toEqual(["connecting", `connecting ${cause}`, "connected"]);
  expect(meeting.backEnd.tokens).toHaveLength(tokens);
  expect(meeting.gateway.inRoomCount).toBe(1);
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
});

test("a gateway that is gone for 5 s: the page is back when the SDK has given up", async (context) => {
  const meeting = await meetConnected(context, { mayHave: [SDKS_OWN] });
  const { gateway, link } = meeting;
  link.isDown = true;
  gateway.closeAll(1001);
  await delay(5000);
  link.isDown = false;
  await statusToBe(meeting, "connected", 2);
  expect(await openedCountOf(meeting)).toBeGreaterThan(2);
  expect(gateway.inRoomCount).toBe(1);
});

test("a link that swallows every byte, without an event: found by the heartbeat", async (context) => {
  const meeting = await meetConnected(context, { mayHave: [SDKS_OWN] });
  meeting.link.swallow();
  await statusToBe(meeting, "connecting", 2);
  expect((await statusesOf(meeting)).at(-1)).toBe("connecting network_error");
  meeting.link.cut();
  await statusToBe(meeting, "connected", 2);
  expect(meeting.gateway.inRoomCount).toBe(1);
  expect(meeting.backEnd.tokens).toHaveLength(1);
});

test("a page whose own `disconnected` handler throws: the loss is found by the heartbeat", async (context) => {
  const meeting = await meet(context, { mayHave: ["Error: the page's own"] });
  const { gateway, link, page } = meeting;
  await page.evaluate(() =>
    window.begin((room, nth) => {
      if (nth > 1) return;
      room.on("disconnected", () => {
        throw new Error("the page's own");
      });
    }),
  );
  await statusToBe(meeting, "connected");
  await eventually(() => gateway.frames.some(({ name }) => name === "keepalive"));
  link.cut();
  await statusToBe(meeting, "connected", 2);
  expect(gateway.inRoomCount).toBe(1);
});

test("offline for longer than a token is valid: no opening meanwhile, and back when the network is", async (context) => {
  const meeting = await meetConnected(context, { tokenTtlSecs: 10 });
  const { gateway, link } = meeting;
  await meeting.context.setOffline(true);
  link.swallow();
  await statusToBe(meeting, "connecting", 2);
  await delay(12_000);
  expect(await openedCountOf(meeting)).toBe(1);
  link.cut();
  await meeting.context.setOffline(false);
  await statusToBe(meeting, "connected", 2);
  expect(await openedCountOf(meeting)).toBe(2);
  expect(gateway.inRoomCount).toBe(1);
  expect(gateway.rejected).toEqual([]);
});
