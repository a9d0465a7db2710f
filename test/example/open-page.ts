import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { startExample } from "../../scripts/example.ts";
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

export type ExamplePage = Awaited<ReturnType<typeof openExample>>;

/** The example in Chromium, in time that passes only as a test lets it, so that a busy machine changes nothing. */
export async function openExample() {
  const { url, sandbox, close } = await startExample({ port: 0, tokenTtlSecs: TOKEN_TTL_SECS });
  if (!sandbox) throw new Error("the page is tested on the sandbox: unset TELNYX_API_KEY");
  const browser = await launchChromium();
  const page = await browser.newPage();
  /** Every text in which no token may be found. */
  const texts: string[] = [];
  page.on("console", (message) => texts.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => texts.push(`pageerror: ${error.stack}`));
  page.on("request", (request) => texts.push(`url: ${request.url()}`));
  await page.addInitScript("Math.random = () => 0");
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(Date.now());

  const text = (id: string) => page.locator(`#${id}`).textContent();
  /** What the history has of an event, the newest first. */
  const rows = (event: string): Promise<string[]> =>
    page.evaluate(
      (event) =>
        [...document.querySelectorAll("#history tr")]
          .filter((row) => row.children[1]?.textContent === event)
          .map((row) => row.children[2]?.textContent ?? ""),
      event,
    );
  return {
    page,
    sandbox,
    texts,
    text,
    rows,
    /** Loads the page anew. */
    load: () => page.goto(url),
    /** Lets time pass for the page and the sandbox. Requests take real time: wait for what the last step caused. */
    pass: async (ms: number) => {
      sandbox.advance(ms);
      await page.clock.runFor(ms);
    },
    click: (name: string) => page.getByRole("button", { name }).click(),
    /** Waits until an element has this text. */
    textToBe: (id: string, wanted: string | RegExp) => expect.poll(() => text(id), PATIENCE).toMatch(wanted),
    rowsToReach: (event: string, count: number) =>
      expect.poll(async () => (await rows(event)).length, PATIENCE).toBeGreaterThanOrEqual(count),
    inspect: (state: string) => inspect(page, state),
    close: async () => {
      await browser.close();
      await close();
    },
  };
}

/** Looks at the page as it is now, on a phone and on a desktop, in light and in dark: takes pictures, runs axe-core. */
async function inspect(page: Page, state: string): Promise<void> {
  for (const [device, width] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const path = `${SCREENSHOTS}/${state.replaceAll(" ", "-")}-${device}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: true });
      expect(await violations(page), `${state}, ${device}, ${colorScheme}`).toEqual([]);
    }
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  }
}

/** Runs axe-core in a world of its own, with the timers that the page's stopped clock does not have. */
async function violations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send("Page.getFrameTree");
    const frameId = frameTree.frame.id;
    const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", { frameId });
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
