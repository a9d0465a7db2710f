import type { Browser } from "playwright-core";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { launchChromium } from "../chromium.ts";
import { bundlePage, type Meeting, type MeetingSetting, startMeeting, statusToBe } from "./meeting.ts";

/** One Chromium for the tests of a file. It resolves no name, so that no page reaches the internet, and has a camera. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium(
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
    );
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error("the browser is not started yet");
    return browser;
  };
}

/** Meetings whose page is page.ts. */
export function useMeetings() {
  const browser = useBrowser();
  let script = "";
  beforeAll(async () => {
    script = await bundlePage({ entryPoints: ["test/room/page.ts"] });
  });
  /** A page that is not yet in its room. */
  const meet = (context: TestContext, setting?: MeetingSetting): Promise<Meeting> =>
    startMeeting(context, browser(), script, setting);
  /** A page that is in its room. */
  const meetConnected = async (context: TestContext, setting?: MeetingSetting): Promise<Meeting> => {
    const meeting = await meet(context, setting);
    await meeting.page.evaluate(() => window.begin());
    await statusToBe(meeting, "connected");
    return meeting;
  };
  return { meet, meetConnected };
}
