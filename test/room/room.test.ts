/**
 * The session and the real @telnyx/video in Chromium, against a gateway that checks the token of every frame.
 * Each test leaves a log in reports/room.
 */
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, type TestContext, test, vi } from "vitest";
import { launchChromium } from "../chromium.ts";
import { type Meeting, startMeeting } from "./meeting.ts";

/** Chromium resolves no name, so that a page cannot reach the internet. */
const NO_INTERNET = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
/** The shortest life that Telnyx gives a token. */
const SHORT_TTL_SECS = 10;
const LONG_TTL_SECS = 600;
/** How long to wait for what has to come, in milliseconds. */
const PATIENCE = { timeout: 60_000, interval: 50 };

let browser: Browser;
let script: string;

beforeAll(async () => {
  browser = await launchChromium(NO_INTERNET);
  const { outputFiles } = await build({
    entryPoints: ["test/room/page.ts"],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  script = outputFiles[0]?.text ?? "";
});

afterAll(() => browser?.close());

/** Starts a meeting for the length of a test, and ends it. */
async function meet({ task, onTestFinished }: TestContext, tokenTtlSecs: number): Promise<Meeting> {
  const meeting = await startMeeting({ browser, script, name: task.name, tokenTtlSecs });
  onTestFinished(() => meeting.close());
  return meeting;
}

const framesOf = ({ gateway }: Meeting, name: string) =>
  gateway.frames.filter((frame) => frame.name === name);
const refusedOf = ({ gateway }: Meeting) => gateway.frames.filter(({ accepted }) => !accepted);

/** Waits until the gateway has seen `count` more keepalives; the SDK sends one every 5 seconds. */
async function moreKeepalives(meeting: Meeting, count: number): Promise<void> {
  const wanted = framesOf(meeting, "keepalive").length + count;
  await vi.waitUntil(() => framesOf(meeting, "keepalive").length >= wanted, PATIENCE);
}

test("a page that waits in the lobby for longer than a token lives joins with the newest token, and stays", async (context) => {
  const meeting = await meet(context, SHORT_TTL_SECS);
  const room = await meeting.page.evaluateHandle(() => window.enterLobby());
  await delay(16_000);
  const { tokenAtStart, outcome } = await room.evaluate((room) => room.connect());

  expect(outcome).toBe("connected");
  const { minted } = meeting.backEnd;
  const [firstOfJoin] = framesOf(meeting, "attach audiobridge");
  // A newer token may have come between the two.
  expect(minted.slice(minted.indexOf(tokenAtStart ?? ""))).toContain(firstOfJoin?.token);
  expect(minted.indexOf(tokenAtStart ?? "")).toBeGreaterThan(0);
  await vi.waitUntil(() => meeting.gateway.frames.at(-1)?.token !== tokenAtStart, PATIENCE);
  expect(refusedOf(meeting)).toEqual([]);
  expect(meeting.problems).toEqual([]);
});

test("a connect that takes longer than a token lives ends well, with a token that came meanwhile", async (context) => {
  const meeting = await meet(context, SHORT_TTL_SECS);
  const { page, gateway, backEnd } = meeting;
  gateway.beforeJoined = () => delay((SHORT_TTL_SECS + 2) * 1000);
  const room = await page.evaluateHandle(() => window.enterLobby());
  const { outcome } = await room.evaluate((room) => room.connect());

  expect(outcome).toBe("connected");
  const [firstOfJoin] = framesOf(meeting, "attach audiobridge");
  const [lastOfJoin] = framesOf(meeting, "configure audiobridge");
  expect(backEnd.accepts(firstOfJoin?.token ?? "", backEnd.roomId)).toBe(false);
  expect(lastOfJoin?.token).not.toBe(firstOfJoin?.token);
  expect(refusedOf(meeting)).toEqual([]);
  expect(meeting.problems).toEqual([]);
});

/** A meeting whose first token is refused halfway, and whose page joins again. */
async function meetThrough401(context: TestContext): Promise<Meeting> {
  const meeting = await meet(context, LONG_TTL_SECS);
  const { page, gateway, backEnd } = meeting;
  const room = await page.evaluateHandle(() => window.enterLobby());
  expect((await room.evaluate((room) => room.connect())).outcome).toBe("connected");
  await moreKeepalives(meeting, 1);
  expect(backEnd.refreshCount()).toBe(0);

  const rejoining = await room.evaluateHandle((room) => ({ done: room.rejoinWhenDisconnected() }));
  gateway.ban(backEnd.minted[0] ?? "");
  expect((await rejoining.evaluate(({ done }) => done)).outcome).toBe("connected");
  await moreKeepalives(meeting, 2);
  return meeting;
}

test("a 401 in mid-meeting leads to exactly one refresh, which the page forces", async (context) => {
  const meeting = await meetThrough401(context);
  const { backEnd, gateway, problems } = meeting;
  expect(backEnd.refreshCount()).toBe(1);
  expect(backEnd.minted).toHaveLength(2);
  expect(new Set(refusedOf(meeting).map(({ token }) => token))).toEqual(new Set([backEnd.minted[0]]));
  expect(gateway.frames.at(-1)?.token).toBe(backEnd.minted[1]);
  expect(problems).toEqual([]);
});

test("without a session that hands it new tokens, a room is thrown out when its token is dead", async (context) => {
  const meeting = await meet(context, SHORT_TTL_SECS);
  const room = await meeting.page.evaluateHandle(() => window.enterLobby({ attached: false }));
  await vi.waitUntil(() => refusedOf(meeting).length > 0, PATIENCE);
  expect((await room.evaluate((room) => room.connect())).outcome).toBe("unknown");
  expect(meeting.problems).toEqual([]);
});

test("a rejection that nobody handles in a page is noticed", async (context) => {
  const meeting = await meet(context, SHORT_TTL_SECS);
  await meeting.page.evaluate(() => void Promise.reject(new Error("nobody's")));
  await vi.waitUntil(() => meeting.problems.length > 0, PATIENCE);
  expect(meeting.problems).toEqual(["Error: nobody's"]);
});

test("a request that would leave this machine is noticed", async (context) => {
  const meeting = await meet(context, SHORT_TTL_SECS);
  await meeting.page.evaluate(() => fetch("https://elsewhere.test/").catch(() => {}));
  await vi.waitUntil(() => meeting.problems.length > 0, PATIENCE);
  expect(meeting.problems).toEqual(["a request to https://elsewhere.test/"]);
});
