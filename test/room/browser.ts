import type { Browser } from "playwright-core";
import { launchChromium } from "../chromium.ts";

/** Starts a Chromium that resolves no name, so that a page cannot reach the internet, and that has a camera. */
export function launchBrowser(): Promise<Browser> {
  return launchChromium(
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
  );
}
