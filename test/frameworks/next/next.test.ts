import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SandboxServer, startServer } from "../../../src/sandbox/server.ts";
import { type BackEnd, startProgram } from "../../back-ends/program.ts";
import { launchChromium } from "../../chromium.ts";

const HERE = import.meta.dirname;

/** Puts the sources of the app where its version of Next is, with nothing built there. */
async function layOut(folder: string): Promise<void> {
  for (const name of [".next", "app"]) rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of ["app", "next.config.mjs"])
    cpSync(join(HERE, name), join(folder, name), { recursive: true });
  // As JavaScript: a TypeScript file would make Next look for a compiler and a tsconfig.json.
  const hook = join(HERE, "../react/use-room-token.ts");
  await build({ entryPoints: [hook], outfile: join(folder, "app/room/use-room-token.js") });
}

describe.each([
  ["Next.js 14", "next-14", {}],
  ["Next.js 16", "next-16", {}],
  ["Next.js 16 with cache components", "next-16", { CACHE_COMPONENTS: "1" }],
] as const)("%s", (_name, folderName, variant) => {
  const cwd = join(HERE, folderName);
  let sandbox: SandboxServer;
  let requestsOfBuild: number;
  let app: BackEnd;

  beforeAll(async () => {
    sandbox = await startServer();
    const { url, apiKey, roomId } = sandbox;
    const telnyx = { TELNYX_BASE_URL: url, TELNYX_API_KEY: apiKey, ROOM_ID: roomId };
    const settings = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" } as const;
    const env = { ...process.env, ...settings, ...variant, ...telnyx };
    await layOut(cwd);
    const next = createRequire(join(cwd, "package.json")).resolve("next/dist/bin/next");
    await promisify(execFile)(process.execPath, [next, "build"], { cwd, env });
    requestsOfBuild = sandbox.requestCount;
    app = await startProgram((port) => {
      const args = ["start", "--port", String(port), "--hostname", "127.0.0.1"];
      return { command: [process.execPath, next, ...args], cwd, env };
    });
  });

  afterAll(async () => {
    await app?.stop();
    await sandbox?.close();
  });

  test("the build is green and creates no token", () => {
    expect(requestsOfBuild).toBe(0);
  });

  test.each([
    ["page", "/"],
    ["GET route", "/grant"],
  ])("each load of the %s has a token of its own, which is not kept on disk", async (_part, path) => {
    const before = sandbox.requestCount;
    const tokens = new Set<string>();
    for (const response of [await fetch(app.url + path), await fetch(app.url + path)]) {
      const text = await response.text();
      const [, token = ""] = /"?token"?[:>]"?(eyJ[\w.-]+)/.exec(text) ?? [];
      expect(sandbox.accepts(token), text).toBe(true);
      tokens.add(token);
    }
    expect(tokens.size).toBe(2);
    expect(sandbox.requestCount).toBe(before + 2);
    const entries = readdirSync(join(cwd, ".next"), { recursive: true, withFileTypes: true });
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
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${app.url}/room`);
    await page.locator("b", { hasText: "ready" }).waitFor({ timeout: 120_000 });
    expect(sandbox.accepts((await page.locator("i").textContent()) ?? "")).toBe(true);
    expect(sandbox.requestCount).toBe(before + 1);
    expect(complaints).toEqual([]);
    await browser.close();
  });
});
