/** The pages of the documents, as they stand, and a page of React: they stay in their room. */
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { withUse } from "../readme/snippets.ts";
import { bundlePage, eventually, roomToBeEmpty, useMeetings } from "./meeting.ts";

const { meet } = useMeetings();

const bundleSnippet = (code: string): Promise<string> =>
  bundlePage({ stdin: { contents: code, loader: "ts", resolveDir: process.cwd() } });

test.for(withUse("page"))(
  "the page of %s joins, and is back when it was cut from its gateway and when its token was rejected",
  async ([, { code }], context) => {
    const { gateway, link, backEnd } = await meet(context, {}, await bundleSnippet(code));
    await eventually(() => gateway.inRoomCount === 1);
    link.cut();
    await eventually(() => gateway.connectionCount === 2 && gateway.inRoomCount === 1);
    expect(backEnd.tokens).toHaveLength(1);
    gateway.ban(backEnd.tokens[0]);
    await eventually(() => gateway.connectionCount === 3 && gateway.inRoomCount === 1);
    await delay(6000); // a keepalive more
    expect(gateway.connectionCount).toBe(3);
    expect(backEnd.tokens).toHaveLength(2);
    expect(gateway.mostAtOnce).toBe(1);
  },
);

test.for(withUse("lobby"))(
  "the page of %s keeps a token valid in its lobby, joins with it, and leaves",
  async ([, { code }], context) => {
    const meeting = await meet(context, { tokenTtlSecs: 10 }, await bundleSnippet(code));
    const { page, gateway, backEnd } = meeting;
    await eventually(() => backEnd.tokens.length >= 3);
    await page.click("#join");
    await eventually(() => gateway.inRoomCount === 1);
    await page.click("#leave");
    await roomToBeEmpty(meeting);
    expect(gateway.rejected).toEqual([]);
  },
);

test.for(withUse("reconnect"))(
  "the page of %s hands its room every new token",
  async ([, { code }], context) => {
    const meeting = await meet(context, { tokenTtlSecs: 10 }, await bundleSnippet(code));
    const { gateway, link, backEnd } = meeting;
    await eventually(() => gateway.inRoomCount === 1);
    await eventually(() => gateway.frames.some(({ token }) => token === backEnd.tokens[2]));
    expect(gateway.rejected).toEqual([]);
    link.cut();
    const { length } = backEnd.tokens;
    await eventually(() => backEnd.tokens.length > length); // the session goes on
    expect(gateway.openCount).toBe(0);
  },
);

test("in React's StrictMode there is one token and one room; unmounting leaves it", async (context) => {
  const script = await bundlePage({ entryPoints: ["test/room/react-page.ts"] });
  const meeting = await meet(context, {}, script);
  const { page, gateway, link, backEnd } = meeting;
  const shown = (status: string) => page.locator("#root", { hasText: status }).waitFor();
  await shown("connecting");
  await shown("connected");
  expect(backEnd.tokens).toHaveLength(1);
  expect(gateway.connectionCount).toBe(1);
  link.cut();
  await shown("connecting");
  await shown("connected");
  expect(gateway.inRoomCount).toBe(1);
  await page.evaluate(() => window.unmount());
  await roomToBeEmpty(meeting);
  expect(gateway.connectionCount).toBe(2);
});
