import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { ARGS, CHROMIUM } from "../chromium.ts";
import { shared } from "./given.ts";
import { webkit } from "./webkit.ts";

const launched = (executablePath: string, options: object) =>
  playwright({ launchOptions: { executablePath, timeout: 120_000, ...options } });

const INSTANCES = [
  { browser: "chromium" as const, provider: launched(CHROMIUM, { args: ARGS }) },
  { browser: "firefox" as const, provider: launched("/usr/bin/firefox-esr", { channel: "moz-firefox" }) },
  { browser: "webkit" as const, provider: webkit() },
];

/** For the browser that RUNTIME_BROWSER names. */
export default defineConfig({
  server: { host: "127.0.0.1" },
  // Vite would otherwise find these two while tests run, and reload the page. It caches them by their version, which is
  // the same for every tarball: hence `force`.
  optimizeDeps: { include: ["telnyx-room-tokens", "telnyx-room-tokens/session"], force: true },
  test: {
    ...shared,
    include: [...shared.include, "suite/page.test.ts"],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      api: { host: "127.0.0.1" },
      connectTimeout: 300_000,
      instances: INSTANCES.filter(({ browser }) => browser === process.env["RUNTIME_BROWSER"]),
    },
  },
});
