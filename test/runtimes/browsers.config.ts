import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { shared } from "./given.ts";
import { webkit } from "./webkit.ts";

const QUIET = "--no-first-run --disable-background-networking --disable-component-update --disable-sync";
const CHROMIUM = `--no-sandbox --disable-gpu --disable-quic ${QUIET}`.split(" ");

const INSTANCES = [
  {
    browser: "chromium" as const,
    provider: playwright({ launchOptions: { executablePath: "/usr/bin/chromium", args: CHROMIUM } }),
  },
  {
    browser: "firefox" as const,
    provider: playwright({
      launchOptions: { executablePath: "/usr/bin/firefox-esr", channel: "moz-firefox" },
    }),
  },
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
      instances: INSTANCES.filter(({ browser }) => browser === process.env["RUNTIME_BROWSER"]),
    },
  },
});
