import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Telnyx from "telnyx";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { withUse } from "../readme/snippets.ts";

const project = inject("project");
const COMMAND = join(project, "node_modules/.bin/telnyx-room-tokens");

/** Runs a program of the project to its end. */
function run(file: string, args: string[], env = process.env) {
  return new Promise<{ status: unknown; out: string; errors: string }>((resolve) => {
    const shell = process.platform === "win32";
    execFile(file, args, { cwd: project, env, shell }, (error, out, errors) => {
      resolve({ status: error === null ? 0 : error.code, out, errors });
    });
  });
}

/** Waits until the command has printed how to reach it, and returns that. */
async function printed(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  while (!output.includes("Ctrl+C ends it.")) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${output}`);
    await Promise.race([once(child.stdout ?? child, "data"), once(child, "exit")]);
  }
  return output;
}

describe("npx telnyx-room-tokens sandbox, by the tarball in an empty folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "empty-folder-"));
  let child: ChildProcess;
  let output: string;

  beforeAll(async () => {
    const args = ["--yes", `--package=${inject("tarball")}`, "telnyx-room-tokens", "sandbox"];
    // A process group of its own, as a terminal makes one.
    child = spawn("npx", args, { cwd: folder, detached: true, shell: process.platform === "win32" });
    output = await printed(child);
  });
  afterAll(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-Number(child.pid), "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  test("prints first what it is not", () => {
    expect(output.split("\n")[0]).toContain("It does not prove what Telnyx does");
  });

  const quickStart = withUse("run").filter(([title]) => title.startsWith("README.md"));
  test.each(quickStart)("%s runs against it as it is, and prints something", async (_, { code }) => {
    writeFileSync(join(project, "start.mjs"), code);
    const lines = output.matchAll(/^export (\w+)=(\S+)$/gm);
    const environment = Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value]));
    const { status, out, errors } = await run("node", ["start.mjs"], { ...process.env, ...environment });
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(out).toMatch(/20\d\d-/);
  });

  test("ends on Ctrl+C, and nothing of it goes on", async () => {
    const ended = once(child, "exit");
    process.kill(-Number(child.pid), "SIGINT");
    await ended;
    const [url = ""] = /http:\S+\/v2/.exec(output) ?? [];
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });
});

test("the installed command ends with 2 and a sentence for what it does not know", async () => {
  const { status, out, errors } = await run(COMMAND, ["sandbox", "--prot"]);
  expect({ status, out }).toEqual({ status: 2, out: "" });
  expect(errors).toBe("There is no option --prot. See: telnyx-room-tokens --help\n");
});

describe("telnyx-room-tokens/sandbox", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    const entry = createRequire(join(project, "x.js")).resolve("telnyx-room-tokens/sandbox");
    sandbox = await (await import(pathToFileURL(entry).href)).startSandbox();
  });
  beforeEach(() => sandbox.reset());
  afterAll(() => sandbox.close());

  const sdk = () => new Telnyx({ apiKey: sandbox.apiKey, baseURL: sandbox.url, maxRetries: 1 });

  test("serves the official SDK as it serves this package's client", async () => {
    const { actions } = sdk().rooms;
    const lifetimes = { token_ttl_secs: 60, refresh_token_ttl_secs: 120 };
    const { data: grant } = await actions.generateJoinClientToken(sandbox.roomId, lifetimes);
    const { data: fresh } = await actions.refreshClientToken(sandbox.roomId, {
      refresh_token: grant?.refresh_token ?? "",
    });
    expect(fresh?.token).toMatch(/^eyJ/);
    expect(sandbox.requests.map(({ operation, status }) => [operation, status])).toEqual([
      ["create", 201],
      ["refresh", 201],
    ]);
  });

  test("gives the official SDK errors that it knows, and a failure that it retries", async () => {
    const { actions } = sdk().rooms;
    await expect(
      actions.generateJoinClientToken(sandbox.roomId, { token_ttl_secs: 9 }),
    ).rejects.toMatchObject({
      status: 422,
    });
    await expect(
      actions.refreshClientToken(sandbox.roomId, { refresh_token: "made-up" }),
    ).rejects.toBeInstanceOf(Telnyx.PermissionDeniedError);
    sandbox.failNext({ status: 503 });
    await actions.generateJoinClientToken(sandbox.roomId, {});
    expect(sandbox.requests.map(({ status }) => status)).toEqual([422, 403, 503, 201]);
  });
});
