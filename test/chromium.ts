import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export const CHROMIUM = "/usr/bin/chromium";
export const ARGS: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the Chromium of the system, with further arguments where a test has its own. */
export async function launchChromium(...args: readonly string[]): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error("no Chromium: apt-get update && apt-get install -y chromium");
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGS, ...args], timeout: 120_000 });
}
