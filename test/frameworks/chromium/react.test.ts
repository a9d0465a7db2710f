import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StandIn } from "../../../src/sandbox/stand-in.ts";
import { launchChromium } from "../../chromium.ts";
import { complaintsOf } from "./complaints.ts";
import { servePage } from "./server.ts";

const HERE = import.meta.dirname;
const PATIENCE = { timeout: 60_000 };

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** The page as React's development build makes it, which mounts twice in StrictMode. */
async function bundle(modules: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(HERE, "react-page.ts")],
    bundle: true,
    write: false,
    format: "esm",
    alias: { react: join(HERE, modules, "react"), "react-dom": join(HERE, modules, "react-dom") },
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/** Counts, in the page, the listeners of the events that a session goes by. */
function countListeners(): void {
  const counts: Record<string, number> = { visibilitychange: 0, focus: 0, pageshow: 0, online: 0 };
  const count = (name: "addEventListener" | "removeEventListener", step: number) => {
    const original = EventTarget.prototype[name];
    EventTarget.prototype[name] = function (this: EventTarget | undefined, event: string, ...rest) {
      const target = this ?? window;
      if (target === window || target === document) counts[event] = (counts[event] ?? 0) + step;
      return Reflect.apply(original, target, [event, ...rest]);
    };
  };
  count("addEventListener", 1);
  count("removeEventListener", -1);
  Object.assign(globalThis, { listeners: counts });
}

const globalOf = (page: Page, name: string) => page.evaluate((key) => Reflect.get(globalThis, key), name);
const tokenOf = async (page: Page) => (await page.locator("i").textContent()) ?? "";

test.each([
  ["19", "../node_modules"],
  ["18", "../next/next-14/node_modules"],
])(
  "React %s keeps a token in StrictMode with one request, renews it, and unmounts clean",
  async (major, modules) => {
    const sandbox = new StandIn();
    const server = await servePage(await bundle(modules), sandbox);
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.clock.install();
    await page.addInitScript(countListeners);
    await page.goto(`${server.url}/?room=${sandbox.roomId}`);

    await page.locator("b", { hasText: "ready" }).waitFor();
    expect(await globalOf(page, "reactVersion")).toMatch(new RegExp(`^${major}\\.`));
    const token = await tokenOf(page);
    expect(sandbox.accepts(token)).toBe(true);
    expect(sandbox.requestCount).toBe(1);
    expect(await globalOf(page, "listeners")).toMatchObject({
      visibilitychange: 1,
      focus: 1,
      pageshow: 1,
      online: 1,
    });

    await page.clock.fastForward("08:20");
    await expect.poll(() => tokenOf(page), PATIENCE).not.toBe(token);
    expect(sandbox.requestCount).toBe(2);

    await page.evaluate("unmount()");
    await expect
      .poll(() => globalOf(page, "listeners"), PATIENCE)
      .toMatchObject({
        visibilitychange: 0,
        focus: 0,
        pageshow: 0,
        online: 0,
      });
    await page.clock.fastForward("01:00:00");
    await page.evaluate("fetch('/').then(() => true)"); // whatever was sent before it has arrived
    expect(sandbox.requestCount).toBe(2);
    expect(complaints.filter((text) => !text.includes("React DevTools"))).toEqual([]);
    await page.close();
    server.close();
  },
);
