/** A page in Chromium that asks a back end for its tokens. */
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../chromium.ts";
import { ROOM_ID, runBackEnd, type Start } from "./cases.ts";

/** All that a page does to get tokens. */
const SCRIPT = `
import { RoomTokenSession } from "telnyx-room-tokens/session";
globalThis.session = new RoomTokenSession({ endpoint: "/rooms/${ROOM_ID}/token" });
`;

/** The tests of a page on the origin of a back end. */
export function describePage(title: string, start: Start): void {
  describe(`a page of ${title} in Chromium`, () => {
    const { sandbox, backEnd } = runBackEnd(start);
    let script: string;
    let browser: Browser;

    beforeAll(async () => {
      const options = { bundle: true, write: false, format: "esm" } as const;
      const stdin = { contents: SCRIPT, resolveDir: import.meta.dirname };
      const { outputFiles } = await build({ ...options, stdin });
      script = outputFiles[0]?.text ?? "";
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());

    /** Opens the page for a user, or for nobody. The back end serves no page of its own. */
    async function open(user?: string): Promise<Page> {
      const { url } = backEnd();
      const context = await browser.newContext();
      if (user !== undefined) await context.addCookies([{ name: "login", value: user, url }]);
      const page = await context.newPage();
      const body = `<script type="module">${script}</script>`;
      await page.route(`${url}/page`, (route) => route.fulfill({ contentType: "text/html", body }));
      await page.goto(`${url}/page`);
      return page;
    }

    test("a user who may join gets a token, and another one when the room rejects it", async () => {
      const page = await open("ann");
      const token = await page.evaluate<string>("session.getToken()");
      const other = await page.evaluate<string>("session.getToken({ forceRefresh: true })");
      expect(other).not.toBe(token);
      for (const each of [token, other]) expect(sandbox().accepts(each)).toBe(true);
      const operations = sandbox().requests.map(({ operation }) => operation);
      expect(operations).toEqual(["create", "create"]);
    });

    test.each([
      [undefined, "unauthorized", "Please log in."],
      ["eve", "forbidden", "You may not join this room."],
    ])("as user %s it is told why there is no token", async (user, code, title) => {
      const page = await open(user);
      const told = "session.getToken().catch(({ code, errors }) => [code, errors[0].title])";
      expect(await page.evaluate(told)).toEqual([code, title]);
    });
  });
}
