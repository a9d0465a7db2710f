import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { type BackEnd, startBackEnd } from "./back-end.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const LOGS = "reports/room";

/** One page that is about to join a room, and all that it talks to. */
export interface Meeting {
  readonly page: Page;
  readonly gateway: Gateway;
  readonly backEnd: BackEnd;
  /** What must not happen in any meeting: an error that nobody caught, a request that leaves this machine. */
  readonly problems: readonly string[];
  /** Ends everything, and writes the log of the meeting to reports/room. */
  close(): Promise<void>;
}

interface MeetingOptions {
  readonly browser: Browser;
  /** The bundle of page.ts. */
  readonly script: string;
  /** Names the log. */
  readonly name: string;
  readonly tokenTtlSecs: number;
}

export async function startMeeting(options: MeetingOptions): Promise<Meeting> {
  const { browser, script, name, tokenTtlSecs } = options;
  const log = new Log();
  const backEnd = await startBackEnd(script, tokenTtlSecs);
  const nameOf = (token: string) => `token ${backEnd.minted.indexOf(token) + 1}`;
  const gateway = await startGateway({
    accepts: backEnd.accepts,
    onFrame: ({ name, token, accepted }) =>
      log.add("gateway", `${name}, ${nameOf(token)}${accepted ? "" : ": 401"}`),
  });
  const context = await browser.newContext();
  await context.addInitScript(stayOnLoopback, gateway.url);
  const page = await context.newPage();
  const problems = watch(page, [backEnd.url, gateway.url], log);
  await page.goto(backEnd.url);
  return {
    page,
    gateway,
    backEnd,
    problems,
    close: async () => {
      await context.close();
      await gateway.close();
      await backEnd.close();
      log.write(`${name.replaceAll(/\W+/g, "-")}.log`);
    },
  };
}

/** Collects the problems of a page. Playwright's `pageerror` comes also for a rejection that nobody handles. */
function watch(page: Page, allowed: readonly string[], log: Log): readonly string[] {
  const problems: string[] = [];
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
  return problems;
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
