import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SandboxServer, startServer } from "../../../src/sandbox/server.ts";
import { launchChromium } from "../../chromium.ts";
import { complaintsOf } from "../chromium/complaints.ts";
import { build, layOut, type RunningApp, start, type Variant } from "./next-app.ts";

describe.each([
  ["Next.js 14", "next-14", {}],
  ["Next.js 16", "next-16", {}],
  ["Next.js 16 with cache components", "next-16", { CACHE_COMPONENTS: "1" }],
] as const)("%s", (_name, folder, env) => {
  let sandbox: SandboxServer;
  let requestsOfBuild: number;
  let app: RunningApp;

  beforeAll(async () => {
    sandbox = await startServer();
    const { url, apiKey, roomId } = sandbox;
    const telnyx = { TELNYX_BASE_URL: url, TELNYX_API_KEY: apiKey, ROOM_ID: roomId };
    const variant: Variant = { folder, env: { ...env, ...telnyx } };
    await layOut(variant);
    await build(variant);
    requestsOfBuild = sandbox.requestCount;
    app = await start(variant);
  });

  afterAll(async () => {
    await app?.stop();
    await sandbox?.close();
  });

  /** Loads a part of the app, and gives the token in what comes back. */
  async function loadToken(path: string): Promise<string> {
    const response = await fetch(app.url + path);
    const text = await response.text();
    expect(response.status, text).toBe(200);
    const [, token] = /"?token"?[:>]"?(eyJ[\w.-]+)/.exec(text) ?? [];
    return token ?? `no token in ${text}`;
  }

  test("the build is green and mints nothing", () => {
    expect(requestsOfBuild).toBe(0);
  });

  test.each([
    ["page", "/"],
    ["GET route", "/grant"],
  ])("each load of the %s has a token of its own, minted for it", async (_part, path) => {
    const before = sandbox.requestCount;
    const tokens = [await loadToken(path), await loadToken(path)];
    expect(sandbox.requestCount).toBe(before + 2);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(sandbox.accepts(token), token).toBe(true);
  });

  test("no token is kept on disk", async () => {
    const tokens = [await loadToken("/"), await loadToken("/grant")];
    const entries = readdirSync(join(import.meta.dirname, folder, ".next"), {
      recursive: true,
      withFileTypes: true,
    });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(20);
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name), "latin1");
      for (const token of tokens) expect(content.includes(token), name).toBe(false);
    }
  });

  test("a client component is rendered without a token, and has one in the browser", async () => {
    const before = sandbox.requestCount;
    expect(await (await fetch(`${app.url}/room`)).text()).toContain("<b>idle</b>");
    expect(sandbox.requestCount).toBe(before);

    const browser = await launchChromium();
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${app.url}/room`);
    await page.locator("b", { hasText: "ready" }).waitFor();
    expect(sandbox.accepts((await page.locator("i").textContent()) ?? "")).toBe(true);
    expect(sandbox.requestCount).toBe(before + 1);
    expect(complaints).toEqual([]);
    await browser.close();
  });
});
