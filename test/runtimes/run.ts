/**
 * Runs the one suite, from the packed tarball, on the runtimes of npm, with `--browsers` also in the browsers of
 * Debian; on all of them, or on those that are named. `--reports=DIR` keeps vitest's JSON reports.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installBeside, packInto } from "../package/tarball.ts";
import type { Given } from "./given.ts";
import { BROWSERS, type Runtime, SERVERS } from "./runtimes.ts";
import { startTelnyx } from "./telnyx.ts";

interface Row {
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { browsers: { type: "boolean", default: false }, reports: { type: "string" } },
});

/** Runs the suite on one runtime, with a stand-in for Telnyx of its own. */
async function run(runtime: Runtime, report: string): Promise<Row> {
  const version = runtime.version();
  const { close, ...telnyx } = await startTelnyx(BROWSERS.includes(runtime));
  const given: Given = { expected: runtime.expected(version), ...telnyx };

  const [command, ...args] = runtime.command;
  args.push("node_modules/vitest/vitest.mjs", "run", `--config=${runtime.config}`);
  args.push("--reporter=default", "--reporter=json", `--outputFile.json=${report}`);
  const env = { ...process.env, ...runtime.env, RUNTIME_GIVEN: JSON.stringify(given) };
  const child = spawn(command, args, {
    cwd: import.meta.dirname,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [status] = await once(child, "exit");
  close();

  if (!existsSync(report)) throw new Error(`${runtime.name} wrote no report (exit status ${status})`);
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, "utf8"));
  const failed = numTotalTests - numPassedTests;
  return { version, passed: numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
}

const dir = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
const rows: Record<string, Row> = {};
installBeside(import.meta.dirname, packInto(dir));
for (const runtime of values.browsers ? [...SERVERS, ...BROWSERS] : SERVERS) {
  if (positionals.length > 0 && !positionals.includes(runtime.name)) continue;
  console.log(`\n=== ${runtime.name}`);
  const report = join(values.reports ?? dir, `${runtime.name}.json`);
  rows[runtime.name] = await run(runtime, report).catch((failure: unknown) => {
    console.error(failure);
    return { version: "missing or broken", passed: 0, failed: 1 };
  });
}
rmSync(dir, { recursive: true, force: true });

console.table(rows);
const good = Object.values(rows).every(({ passed, failed }) => failed === 0 && passed > 0);
process.exitCode = good && Object.keys(rows).length > 0 ? 0 : 1;
