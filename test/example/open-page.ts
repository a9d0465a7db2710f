import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, CDPSession, Page } from "playwright-core";
import { expect } from "vitest";
import { type Example, startExample } from "../../scripts/example.ts";
import type { SandboxServer } from "../../src/sandbox/server.ts";
import { launchChromium } from "../chromium.ts";

const SCREENSHOTS = "reports/room-page";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** How long to wait for what has to come, in milliseconds. */
const PATIENCE = { timeout: 60_000, interval: 50 };
const WIDTHS = { desktop: 900, phone: 360 };

const TOKEN_TTL_SECS = 20;
/** How long after its request a token of 20 s is renewed, without jitter. */
export const RENEWAL_MS = 15_000;
/** How long after that time it counts as expired. */
export const EXPIRY_MS = 4_000;

/** The example in Chromium, in time that passes only as a test lets it, so that a busy machine changes nothing. */
export class ExamplePage {
  /** Every text in which no token may be found. */
  readonly texts: string[] = [];
  readonly page: Page;
  readonly sandbox: SandboxServer;
  readonly #example: Example;
  readonly #browser: Browser;

  private constructor(example: Example, sandbox: SandboxServer, browser: Browser, page: Page) {
    this.#example = example;
    this.#browser = browser;
    this.sandbox = sandbox;
    this.page = page;
    page.on("console", (message) => this.texts.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => this.texts.push(`pageerror: ${error.stack}`));
    page.on("request", (request) => this.texts.push(`url: ${request.url()}`));
  }

  static async open(): Promise<ExamplePage> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const example = await startExample({ port: 0, tokenTtlSecs: TOKEN_TTL_SECS });
    if (!example.sandbox) throw new Error("the page is tested on the sandbox: unset TELNYX_API_KEY");
    const browser = await launchChromium();
    const page = await browser.newPage();
    const opened = new ExamplePage(example, example.sandbox, browser, page);
    await page.addInitScript("Math.random = () => 0");
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(Date.now());
    await opened.load();
    return opened;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#example.close();
  }

  /** Loads the page anew. */
  async load(): Promise<void> {
    await this.page.goto(this.#example.url);
  }

  /** Lets time pass for the page and the sandbox. Requests take real time: wait for what the last step caused. */
  async pass(ms: number): Promise<void> {
    this.sandbox.advance(ms);
    await this.page.clock.runFor(ms);
  }

  async click(name: string): Promise<void> {
    await this.page.getByRole("button", { name }).click();
  }

  text(id: string): Promise<string | null> {
    return this.page.locator(`#${id}`).textContent();
  }

  /** Waits until an element has this text. */
  async textToBe(id: string, text: string | RegExp): Promise<void> {
    await expect.poll(() => this.text(id), PATIENCE).toMatch(text);
  }

  /** What the history has of an event, the newest first. */
  rows(event: string): Promise<string[]> {
    return this.page.evaluate(
      (event) =>
        [...document.querySelectorAll("#history tr")]
          .filter((row) => row.children[1]?.textContent === event)
          .map((row) => row.children[2]?.textContent ?? ""),
      event,
    );
  }

  async rowsToReach(event: string, count: number): Promise<void> {
    await expect.poll(async () => (await this.rows(event)).length, PATIENCE).toBeGreaterThanOrEqual(count);
  }

  /** Looks at the page as it is now, on a phone and on a desktop, in light and in dark: takes pictures, asks axe-core. */
  async inspect(state: string): Promise<void> {
    for (const [device, width] of Object.entries(WIDTHS)) {
      await this.page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await this.page.emulateMedia({ colorScheme });
        const path = `${SCREENSHOTS}/${state.replaceAll(" ", "-")}-${device}-${colorScheme}.png`;
        await this.page.screenshot({ path, fullPage: true });
        expect(await this.#violations(), `${state}, ${device}, ${colorScheme}`).toEqual([]);
      }
      expect(await this.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
  }

  /** Runs axe-core in a world of its own, with the timers that the page's stopped clock does not have. */
  async #violations(): Promise<string[]> {
    const session = await this.page.context().newCDPSession(this.page);
    try {
      const contextId = await isolatedWorld(session);
      const evaluate = async (expression: string) => {
        const options = { contextId, awaitPromise: true, returnByValue: true };
        return (await session.send("Runtime.evaluate", { expression, ...options })).result.value;
      };
      await evaluate(`${AXE};0`);
      const { violations, passes }: AxeResults = JSON.parse(await evaluate("axe.run().then(JSON.stringify)"));
      expect(passes.length).toBeGreaterThan(10);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    } finally {
      await session.detach();
    }
  }
}

async function isolatedWorld(session: CDPSession): Promise<number> {
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
  });
  return executionContextId;
}
