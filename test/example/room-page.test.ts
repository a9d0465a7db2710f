import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, type MockInstance, test, vi } from "vitest";
import { type Example, startExample } from "../../scripts/example.ts";
import { launchChromium } from "../chromium.ts";
import type { SandboxServer } from "../sandbox/index.ts";

const SCREENSHOTS = "reports/room-page";

const TOKEN_TTL_SECS = 60;
/** How long after its request a token of 60 s is renewed, without jitter. */
const RENEWAL_MS = 45_000;
/** How long after that time it counts as dead. */
const DEATH_MS = 14_000;

let example: Example;
let sandbox: SandboxServer;
let minted: MockInstance<SandboxServer["handle"]>;
let browser: Browser;
let page: Page;
/** Every text in which no token may be found. */
const texts: string[] = [];

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  example = await startExample({ port: 0, tokenTtlSecs: TOKEN_TTL_SECS });
  if (!example.sandbox) throw new Error("the page is tested on the sandbox: unset TELNYX_API_KEY");
  sandbox = example.sandbox;
  minted = vi.spyOn(sandbox, "handle");
  browser = await launchChromium();
  page = await browser.newPage({ colorScheme: "light", viewport: { width: 900, height: 900 } });
  page.on("console", (message) => texts.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => texts.push(`pageerror: ${error.stack}`));
  page.on("request", (request) => texts.push(`url: ${request.url()}`));
  await page.addInitScript("Math.random = () => 0");
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(Date.now());
  await page.goto(example.url);
});

afterAll(async () => {
  await browser?.close();
  await example?.close();
});

/**
 * Lets time pass for the page and the sandbox. Otherwise it stands still, so that no answer is late on a busy machine.
 * Requests take real time: before the next step a test waits for what the last one caused.
 */
async function pass(ms: number): Promise<void> {
  sandbox.set({ clockOffsetMs: sandbox.settings.clockOffsetMs + ms });
  await page.clock.runFor(ms);
}

/** What the page shows of a 403: of a create, and of a refresh. */
const DENIED = /(?:You may not join this room|Your access has expired)\. Request id:/;

const rows = (event: string, detail: string | RegExp) =>
  page.locator(`#history tr[data-event="${event}"]`, { hasText: detail });

async function rowsToReach(event: string, detail: string | RegExp, count: number): Promise<void> {
  await expect
    .poll(() => rows(event, detail).count(), { timeout: 60_000, interval: 100 })
    .toBeGreaterThanOrEqual(count);
}

async function hintToBe(words: string): Promise<void> {
  await page.locator("#hint", { hasText: words }).waitFor();
}

async function stateToBe(state: string): Promise<void> {
  await expect
    .poll(() => page.locator("#state").textContent(), { timeout: 60_000, interval: 50 })
    .toBe(state);
}

test("the page renews its token three times, and is ready all along", async () => {
  await stateToBe("ready");
  for (const refreshed of [1, 2, 3]) {
    await pass(RENEWAL_MS);
    await rowsToReach("token", "refreshed", refreshed);
  }
  expect(await rows("token", "refreshed").count()).toBe(3);
  expect(await rows("token", "created").count()).toBe(1);
  expect(await rows("error", "").count()).toBe(0);
  expect(await rows("state", "").count()).toBe(1);
  await page.screenshot({ path: `${SCREENSHOTS}/light.png` });
});

test("offline it is degraded while its token lives, and back online it is ready again", async () => {
  await page.getByRole("button", { name: "Go offline" }).click();
  await hintToBe("Telnyx cannot be reached.");
  await pass(RENEWAL_MS);
  await stateToBe("degraded");
  await rowsToReach("error", "The video service gave no token. Next try in", 1);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${SCREENSHOTS}/dark-degraded.png` });
  await page.getByRole("button", { name: "Go back online" }).click();
  await hintToBe("Telnyx can be reached again.");
  await pass(1_000); // between two attempts
  await stateToBe("ready");
});

test("a dead refresh token is survived by a new create, steered from the keyboard", async () => {
  const created = await rows("token", "created").count();
  await page.getByRole("button", { name: "Kill the refresh token" }).focus();
  await page.keyboard.press("Enter");
  await hintToBe("The refresh token is dead");
  await pass(RENEWAL_MS);
  await rowsToReach("token", "created", created + 1);
  await stateToBe("ready");
});

test("after an hour of sleep it creates at once, and the token that it holds is accepted", async () => {
  const created = await rows("token", "created").count();
  const answer = page.waitForResponse((response) => response.url().endsWith("/token"));
  await page.getByRole("button", { name: "Sleep 1 h" }).focus();
  await page.keyboard.press("Space");
  const { token } = await (await answer).json();
  await rowsToReach("token", "created", created + 1);
  await stateToBe("ready");
  expect(sandbox.accepts(token)).toBe(true);
});

test("a refusal of Telnyx is shown as a sentence with the request id, and in the end the session has failed", async () => {
  const refused = await rows("error", DENIED).count();
  sandbox.failNext({ status: 403, count: 100 });
  await pass(RENEWAL_MS);
  await rowsToReach("error", DENIED, refused + 2);
  await stateToBe("degraded");
  expect(await rows("error", "There is no valid token.").count()).toBe(0);
  await pass(DEATH_MS);
  await stateToBe("failed");
  await rowsToReach("error", "There is no valid token.", 1); // from the attempt that the death causes
  await page.screenshot({ path: `${SCREENSHOTS}/dark-failed.png` });
});

const leftOf = async (name: string) => (await page.locator(`#${name}-left`).textContent()) ?? "";

test("loaded again, the page finds a sandbox as new, and shows bars that fit their words", async () => {
  sandbox.set({ outage: "drop", clockOffsetMs: 7_200_000 });
  await page.reload();
  await stateToBe("ready");
  expect(sandbox.settings).toMatchObject({ outage: "none", clockOffsetMs: 0 });
  expect(await leftOf("token")).toMatch(/^\d+ s left$/);
  expect(await leftOf("refresh")).toMatch(/^3\d{3} s left$/);
});

test("where the server's clock is an hour ahead, it shows how long the token is valid all the same", async () => {
  const received = await rows("token", "").count();
  sandbox.set({ clockOffsetMs: 3_600_000 });
  await pass(RENEWAL_MS);
  await rowsToReach("token", "", received + 1);
  const [left = ""] = /\d+/.exec(await leftOf("token")) ?? [];
  expect(Number(left)).toBeGreaterThan(0);
  expect(Number(left)).toBeLessThanOrEqual(TOKEN_TTL_SECS);
});

test("without a token it says so, until the outage is over", async () => {
  sandbox.set({ outage: "drop" });
  await pass(RENEWAL_MS);
  await rowsToReach("error", "The video service gave no token. Next try in", 1);
  await page.clock.fastForward(DEATH_MS); // all that was due in between happens at its end, once
  await stateToBe("expired");
  expect(await leftOf("token")).toBe("expired");
  await rowsToReach("error", "There is no valid token.", 1);
  await page.screenshot({ path: `${SCREENSHOTS}/dark-expired.png` });
  sandbox.reset();
  await page.evaluate("window.dispatchEvent(new Event('online'))");
  await pass(1_000); // between two attempts
  await stateToBe("ready");
});

test("a page whose own server is gone says that in a sentence", async () => {
  await page.route("**/rooms/**", (route) => route.abort());
  await pass(RENEWAL_MS);
  await rowsToReach("error", "This page cannot reach its server. Next try in", 1);
  await page.unroute("**/rooms/**");
  await pass(1_000); // between two attempts
  await stateToBe("ready");
});

test.each(["light", "dark"] as const)(
  "nothing sticks out of a window of 360 px in %s",
  async (colorScheme) => {
    await page.setViewportSize({ width: 360, height: 900 });
    await page.emulateMedia({ colorScheme });
    const width = await page.evaluate("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(360);
    await page.screenshot({ path: `${SCREENSHOTS}/narrow-${colorScheme}.png` });
  },
);

function mintedTokens(): string[] {
  const answers = minted.mock.results.flatMap(({ value }) => (value?.status === 201 ? [value.body] : []));
  return answers.flatMap((body) => {
    const { token, refresh_token = token } = JSON.parse(body).data;
    return [token, refresh_token];
  });
}

test("no token is in the console, in a URL, in storage, in a cookie or in the page", async () => {
  const places = await page.evaluate(async () => [
    JSON.stringify({ ...localStorage }),
    JSON.stringify({ ...sessionStorage }),
    JSON.stringify(await indexedDB.databases()),
    document.cookie,
    document.documentElement.outerHTML,
    location.href,
  ]);
  const everything = [...texts, ...places, JSON.stringify(await page.context().cookies())].join("\n");
  const tokens = mintedTokens();
  expect(tokens.length).toBeGreaterThan(5);
  for (const token of tokens) expect(everything).not.toContain(token.slice(-20));
  expect(everything).not.toContain(sandbox.apiKey);
  expect(texts.filter((text) => text.startsWith("pageerror"))).toEqual([]);
});
