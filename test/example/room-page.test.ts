import { existsSync, mkdirSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Example, startExample } from "../../scripts/example.ts";

const CHROMIUM = "/usr/bin/chromium";
const SCREENSHOTS = "reports/room-page";
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let example: Example;
let browser: Browser;
let page: Page;
/** Every token that reached the page, and every text in which none may be found. */
const tokens = new Set<string>();
const texts: string[] = [];

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error("no Chromium: apt-get update && apt-get install -y chromium");
  mkdirSync(SCREENSHOTS, { recursive: true });
  example = await startExample({ port: 0, tokenTtlSecs: 10 });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  page = await browser.newPage({ colorScheme: "light", viewport: { width: 900, height: 900 } });
  page.on("console", (message) => texts.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => texts.push(`pageerror: ${error.stack}`));
  page.on("request", (request) => texts.push(`url: ${request.url()}`));
  page.on("response", async (response) => {
    if (!response.url().includes("/rooms/") || response.status() !== 201) return;
    const { token, refreshToken } = await response.json();
    for (const secret of [token, refreshToken]) if (secret !== undefined) tokens.add(secret);
  });
  await page.goto(example.url);
});

afterAll(async () => {
  await browser?.close();
  await example?.close();
});

const rows = (event: string, detail: string) =>
  page.locator(`#history tr[data-event="${event}"]`, { hasText: detail });

async function rowsToReach(event: string, detail: string, count: number): Promise<void> {
  await expect
    .poll(() => rows(event, detail).count(), { timeout: 60_000, interval: 100 })
    .toBeGreaterThanOrEqual(count);
}

async function stateToBe(state: string): Promise<void> {
  await expect
    .poll(() => page.locator("#state").textContent(), { timeout: 60_000, interval: 50 })
    .toBe(state);
}

test("the page renews its 10-second token three times, and is ready all along", async () => {
  await stateToBe("ready");
  await rowsToReach("token", "refreshed", 3);
  expect(await rows("token", "created").count()).toBe(1);
  expect(await rows("error", "").count()).toBe(0);
  expect(await rows("state", "").count()).toBe(1);
  await page.screenshot({ path: `${SCREENSHOTS}/light.png` });
});

test("offline it is degraded while its token lives, and back online it is ready again", async () => {
  await page.getByRole("button", { name: "Go offline" }).click();
  await stateToBe("degraded");
  await rowsToReach("error", "Telnyx could not give a token. Next try in", 1);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${SCREENSHOTS}/dark-degraded.png` });
  await page.getByRole("button", { name: "Go back online" }).click();
  await stateToBe("ready");
});

test("a dead refresh token is survived by a new create, steered from the keyboard", async () => {
  const created = await rows("token", "created").count();
  await page.getByRole("button", { name: "Kill the refresh token" }).focus();
  await page.keyboard.press("Enter");
  await rowsToReach("token", "created", created + 1);
  await stateToBe("ready");
});

test("after an hour of sleep it creates at once, and the token that it holds is accepted", async () => {
  const created = await rows("token", "created").count();
  await page.getByRole("button", { name: "Sleep 1 h" }).focus();
  await page.keyboard.press("Space");
  await rowsToReach("token", "created", created + 1);
  await stateToBe("ready");
  await expect.poll(() => example.sandbox?.accepts([...tokens].at(-2) ?? "")).toBe(true);
});

test("what Telnyx refuses is a sentence with the request id, and in the end the session has failed", async () => {
  const refused = await rows("error", "Telnyx does not allow this. Request id:").count();
  example.sandbox?.failNext({ status: 403, count: 100 });
  await rowsToReach("error", "Telnyx does not allow this. Request id:", refused + 2);
  await stateToBe("failed");
  expect(await rows("error", "There is no valid token.").count()).toBeGreaterThan(0);
  await page.screenshot({ path: `${SCREENSHOTS}/dark-failed.png` });
});

const leftOf = async (name: string) => (await page.locator(`#${name}-left`).textContent()) ?? "";

test("loaded again, the page finds a sandbox as new, and shows bars that fit their words", async () => {
  example.sandbox?.set({ outage: "drop", clockOffsetMs: 7_200_000 });
  await page.reload();
  await stateToBe("ready");
  expect(example.sandbox?.settings).toMatchObject({ outage: "none", clockOffsetMs: 0 });
  expect(await leftOf("token")).toMatch(/^\d+ s left$/);
  expect(await leftOf("refresh")).toMatch(/^3\d{3} s left$/);
});

test("where the server's clock is an hour ahead, it shows how long the token is valid all the same", async () => {
  const created = await rows("token", "").count();
  example.sandbox?.set({ clockOffsetMs: 3_600_000 });
  await rowsToReach("token", "", created + 2);
  const [left = ""] = /\d+/.exec(await leftOf("token")) ?? [];
  expect(Number(left)).toBeGreaterThan(0);
  expect(Number(left)).toBeLessThanOrEqual(10);
});

test("without a token it says so, until the outage is over", async () => {
  example.sandbox?.set({ outage: "drop" });
  await stateToBe("expired");
  expect(await leftOf("token")).toBe("expired");
  await rowsToReach("error", "Telnyx could not give a token. Next try in", 1);
  await page.screenshot({ path: `${SCREENSHOTS}/dark-expired.png` });
  example.sandbox?.reset();
  await page.evaluate("window.dispatchEvent(new Event('online'))");
  await stateToBe("ready");
});

test("a page whose own server is gone says that in a sentence", async () => {
  await page.route("**/rooms/**", (route) => route.abort());
  await rowsToReach("error", "This page cannot reach its server. Next try in", 1);
  await page.unroute("**/rooms/**");
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
  expect(tokens.size).toBeGreaterThan(5);
  for (const token of tokens) expect(everything).not.toContain(token.slice(-20));
  expect(everything).not.toContain(example.sandbox?.apiKey);
  expect(texts.filter((text) => text.startsWith("pageerror"))).toEqual([]);
});
