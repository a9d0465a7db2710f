import { mkdirSync, writeFileSync } from "node:fs";
import { type BuildOptions, build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, type TestContext, vi } from "vitest";
import { launchChromium } from "../chromium.ts";
import { type BackEnd, startBackEnd } from "./back-end.ts";
import { Gateway } from "./gateway.ts";
import { Link } from "./link.ts";

const LOGS = "reports/room";
/** How long to wait for what has to come, in milliseconds: the SDK alone takes 30 s to find that it cannot connect. */
const PATIENCE = { timeout: 70_000, interval: 50 };
/** What `initialize` of the SDK leaves behind when its WebSocket fails: an Event, which no caller can catch. */
export const SDKS_OWN = "Event";

/** One page that stays in a room, and all that it talks to. */
export interface Meeting {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly gateway: Gateway;
  readonly link: Link;
  readonly backEnd: BackEnd;
  /** What must not happen in any meeting: an error that nobody caught, a request that leaves this machine. */
  readonly problems: readonly string[];
}

interface MeetingSetting {
  /** @default 600 */
  readonly tokenTtlSecs?: number;
  /** Whether the timers of the page run once a second, as those of a hidden tab. @default false */
  readonly isHidden?: boolean;
  /** The problems that the page may have. @default none */
  readonly mayHave?: readonly string[];
}

/** Bundles a page. It finds the package by its name, as the pages of the documents import it. */
export async function bundlePage(entry: Pick<BuildOptions, "entryPoints" | "stdin">): Promise<string> {
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    alias: { "telnyx-room-tokens/session": "./src/session/index.ts" },
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles?.[0]?.text ?? "";
}

/** Meetings in one Chromium for all tests of a file. It resolves no name, so that no page reaches the internet. */
export function useMeetings() {
  let browser: Browser | undefined;
  let ownPage = "";
  beforeAll(async () => {
    ownPage = await bundlePage({ entryPoints: ["test/room/page.ts"] });
    browser = await launchChromium(
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
    );
  });
  afterAll(() => browser?.close());

  /** A page that is not yet in its room: page.ts, or that of another script. */
  const meet = (test: TestContext, setting?: MeetingSetting, script = ownPage): Promise<Meeting> => {
    if (browser === undefined) throw new Error("the browser is not started yet");
    return startMeeting(test, browser, script, setting);
  };
  /** A page that is in its room. */
  const meetConnected = async (test: TestContext, setting?: MeetingSetting): Promise<Meeting> => {
    const meeting = await meet(test, setting);
    await meeting.page.evaluate(() => window.begin());
    await statusToBe(meeting, "connected");
    return meeting;
  };
  return { meet, meetConnected };
}

/** Starts a meeting for the length of a test; then ends everything, and writes its log to reports/room. */
async function startMeeting(
  { task, onTestFinished }: TestContext,
  browser: Browser,
  script: string,
  { tokenTtlSecs = 600, isHidden = false, mayHave = [] }: MeetingSetting = {},
): Promise<Meeting> {
  const log = new Log();
  const backEnd = await startBackEnd(script, tokenTtlSecs);
  const gateway = new Gateway({
    accepts: backEnd.accepts,
    log: (line, token) =>
      log.add("gateway", token === undefined ? line : `${line}, token ${backEnd.tokens.indexOf(token) + 1}`),
  });
  const link = new Link(await gateway.listening());
  await link.listening();
  const context = await browser.newContext({ permissions: ["camera", "microphone"] });
  const problems: string[] = [];
  onTestFinished(async () => {
    await context.close();
    await link.close();
    await gateway.close();
    await backEnd.close();
    log.write(`${task.name.replaceAll(/\W+/g, "-").slice(0, 80)}.log`);
    expect(problems.filter((problem) => !mayHave.includes(problem))).toEqual([]);
  });
  const gatewayUrl = `ws://127.0.0.1:${link.port}`;
  await context.addInitScript(stayOnLoopback, gatewayUrl);
  if (isHidden) await context.addInitScript(hide);
  const page = await context.newPage();
  watch(page, [backEnd.url, gatewayUrl], log, problems);
  await page.goto(backEnd.url);
  return { page, context, gateway, link, backEnd, problems };
}

export const statusesOf = ({ page }: Meeting): Promise<string[]> => page.evaluate(() => window.stay.statuses);
export const openedCountOf = ({ page }: Meeting): Promise<number> =>
  page.evaluate(() => window.stay.openedCount);

/** Waits until the page has shown a status so many times. */
export async function statusToBe(meeting: Meeting, status: string, times = 1): Promise<void> {
  await eventually(async () => {
    const seen = (await statusesOf(meeting)).filter((each) => each.split(" ")[0] === status);
    return seen.length >= times;
  });
}

/** Waits until something holds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(holds, PATIENCE);
}

/** Waits until the page has left, on the side of the gateway too. */
export async function roomToBeEmpty({ gateway }: Meeting): Promise<void> {
  await eventually(() => gateway.openCount === 0);
}

/** Collects the problems of a page. Playwright's `pageerror` comes also for a rejection that nobody handles. */
function watch(page: Page, allowed: readonly string[], log: Log, problems: string[]): void {
  const addProblem = (problem: string) => {
    problems.push(problem);
    log.add("problem", problem);
  };
  const checkUrl = (url: string) => {
    if (!allowed.some((start) => url.startsWith(`${start}/`))) addProblem(`a request to ${url}`);
  };
  page.on("console", (message) => log.add("page", message.text()));
  page.on("pageerror", (error) => addProblem(String(error)));
  page.on("request", (request) => checkUrl(request.url()));
  page.on("websocket", (socket) => checkUrl(socket.url()));
}

/**
 * Runs in the page before its own scripts. The SDK itself is not changed: only its WebSocket goes to our gateway, and
 * its peer connections ask no STUN server for the address of this machine.
 */
function stayOnLoopback(gatewayUrl: string): void {
  const { WebSocket, RTCPeerConnection } = window;
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(String(url).replace("wss://video.telnyx.com", gatewayUrl), protocols);
    }
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor() {
      super({ iceServers: [] });
    }
  };
}

/** Runs in the page before its own scripts: Chromium wakes the timers of a hidden tab once a second. */
function hide(): void {
  Object.defineProperty(document, "visibilityState", { value: "hidden" });
  Object.defineProperty(document, "hidden", { value: true });
  const { setTimeout, setInterval } = window;
  const untilNextSecond = (delayMs = 0) => {
    const wakesAt = Math.ceil((performance.now() + delayMs) / 1000) * 1000;
    return wakesAt - performance.now();
  };
  window.setTimeout = ((call: () => void, delayMs?: number, ...given: unknown[]) =>
    setTimeout(call, untilNextSecond(delayMs), ...given)) as typeof window.setTimeout;
  window.setInterval = ((call: () => void, delayMs?: number, ...given: unknown[]) =>
    setInterval(call, Math.max(1000, delayMs ?? 0), ...given)) as typeof window.setInterval;
  window.requestAnimationFrame = () => 0;
}

/** What happened, in order, with the seconds since the start. Tokens are named by their number, never shown. */
class Log {
  readonly #startedAt = performance.now();
  readonly #lines: string[] = [];

  add(who: "gateway" | "page" | "problem", what: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(2);
    this.#lines.push(`${seconds.padStart(7)} s  ${who.padEnd(7)}  ${what}`);
  }

  write(file: string): void {
    mkdirSync(LOGS, { recursive: true });
    writeFileSync(`${LOGS}/${file}`, `${this.#lines.join("\n")}\n`);
  }
}
