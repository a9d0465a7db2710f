import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";
import { freePort } from "../loopback.ts";

/** Opens vitest's page in WebKitGTK, by WebDriver, on a screen of its own. */
class WebKitProvider implements BrowserProvider {
  readonly name = "webkit";
  readonly supportsParallelism = false;
  readonly #children: ChildProcess[] = [];
  #session = "";

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  async openPage(_sessionId: string, url: string): Promise<void> {
    if (this.#session === "") this.#session = await this.#start();
    await webdriver("POST", `${this.#session}/url`, { url });
  }

  async close(): Promise<void> {
    if (this.#session !== "") await webdriver("DELETE", this.#session);
    for (const child of this.#children) child.kill();
  }

  /** Starts a screen, the driver and the browser, and gives the session's address. */
  async #start(): Promise<string> {
    const screen = this.#spawn("Xvfb", ["-displayfd", "1", "-nolisten", "tcp"]);
    const [display] = await once(screen.stdout, "data");
    const port = await freePort();
    this.#spawn("WebKitWebDriver", ["-p", String(port)], {
      DISPLAY: `:${String(display).trim()}`,
      // Its sandbox needs rights that a container lacks.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    });
    const sessions = `http://127.0.0.1:${port}/session`;
    const { sessionId } = await webdriver("POST", sessions, { capabilities: {} });
    return `${sessions}/${sessionId}`;
  }

  #spawn(command: string, args: string[], env: Record<string, string> = {}) {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#children.push(child);
    return child;
  }
}

/** One command of the W3C's WebDriver. For two minutes it waits for a driver that is still starting. */
async function webdriver(method: string, url: string, body?: object): Promise<Record<string, unknown>> {
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(url, { method, body: body === undefined ? null : JSON.stringify(body) });
      if (!response.ok)
        throw new Error(`${method} ${url}: ${await response.text()}`, { cause: response.status });
      return (await response.json()).value ?? {};
    } catch (failure) {
      if (!(failure instanceof TypeError) || tries === 1200) throw failure;
      await sleep(100);
    }
  }
}

export const webkit = (): BrowserProviderOption =>
  defineBrowserProvider({
    name: "webkit",
    supportedBrowser: ["webkit"],
    providerFactory: () => new WebKitProvider(),
  });
