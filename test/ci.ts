/**
 * Runs `npm ci && npm test` in a fresh clone, then every other suite but the mutation run, and sums what their runners
 * report; the last line is `N passed, N failed`.
 * A suite that ran no test, left one out, or ended badly without a failed test to show for it is a failure too.
 * What failed is printed at the end: the beginning of a long log is often cut off.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";

interface Suite {
  /** A script of package.json. */
  readonly script: string;
  readonly args?: readonly string[];
  /** The arguments that make it write its JSON reports into a folder; absent if the exit status alone counts. */
  readonly report?: (folder: string) => string[];
}

const vitest = (folder: string): string[] => [
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${join(folder, "vitest.json")}`,
];
const reportsFolder = (folder: string): string[] => [`--reports=${folder}`];

const SUITES: readonly Suite[] = [
  { script: "test:package", report: vitest },
  { script: "test:frameworks", report: vitest },
  { script: "test:backends", report: vitest },
  { script: "test:runtimes", args: ["--browsers"], report: reportsFolder },
  { script: "test:example", report: vitest },
  { script: "test:room", report: vitest },
  { script: "test:fresh-clone", report: vitest },
  { script: "test:deep", report: vitest },
  // Figures against limits, no tests.
  { script: "test:soak" },
  { script: "bench", args: ["--smoke", "--check"] },
];

/** What is read of a report of vitest (in jest's format). */
interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    /** Why the file itself failed; else empty. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const rows: Record<string, { passed: number; failed: number; seconds: number }> = {};
/** For each failure the suite and the test, and on further lines the message. */
const failures: string[] = [];

/** @param reports The folder of the reports; undefined if the exit status alone counts. */
function run(suite: string, command: string, args: string[], reports?: string, cwd = process.cwd()): void {
  console.log(`\n=== ${suite}`);
  const startedAt = performance.now();
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const hasReports = reports !== undefined && existsSync(reports);
  let { passed, failed } = hasReports ? readReports(suite, reports) : { passed: 0, failed: 0 };
  const ranNothing = reports !== undefined && passed === 0;
  if (failed === 0 && (status !== 0 || ranNothing)) {
    failed = 1;
    failures.push(`${suite}: exit status ${status}${ranNothing ? ", no test passed" : ""}`);
  }
  rows[suite] = { passed, failed, seconds };
}

/** How many tests of a suite passed and failed; one that was left out counts as failed. */
function readReports(suite: string, folder: string): { passed: number; failed: number } {
  const sum = { passed: 0, failed: 0 };
  for (const file of readdirSync(folder)) {
    const report: Report = JSON.parse(readFileSync(join(folder, file), "utf8"));
    sum.passed += report.numPassedTests;
    sum.failed += report.numTotalTests - report.numPassedTests;
    const label = file === "vitest.json" ? suite : `${suite} (${parse(file).name})`;
    for (const { name, message, assertionResults } of report.testResults) {
      if (message !== "") failures.push(`${label}: ${name}\n${message}`);
      for (const { fullName, status, failureMessages } of assertionResults)
        if (status !== "passed")
          failures.push([`${label}: ${fullName} (${status})`, ...failureMessages].join("\n"));
    }
  }
  return sum;
}

/** At most some 40 lines: the messages' first lines, or where many tests failed their names alone. */
function printFailures(): void {
  const linesEach = failures.length <= 10 ? 4 : 1;
  console.log(failures.length === 0 ? "" : "\nWhat failed:");
  for (const failure of failures.slice(0, 40))
    for (const line of failure.split("\n", linesEach)) console.log(line.slice(0, 200));
  if (failures.length > 40) console.log(`and ${failures.length - 40} more`);
}

// What the README names, run where nothing else was installed; vitest.config.ts writes the report.
const clone = mkdtempSync(join(tmpdir(), "clone-"));
const inClone = 'git clone --quiet "$0" . && npm ci && npm test';
run("npm ci && npm test", "bash", ["-c", inClone, process.cwd()], join(clone, "reports"), clone);
rmSync(clone, { recursive: true });

for (const { script, args = [], report } of SUITES) {
  const folder = mkdtempSync(join(tmpdir(), "reports-"));
  const all = ["run", script, "--", ...args, ...(report?.(folder) ?? [])];
  run(`npm run ${script}`, "npm", all, report && folder);
  rmSync(folder, { recursive: true });
}

printFailures();
console.table(rows);
const sumOf = (key: "passed" | "failed") => Object.values(rows).reduce((sum, row) => sum + row[key], 0);
console.log(`${sumOf("passed")} passed, ${sumOf("failed")} failed`);
process.exitCode = sumOf("failed") === 0 ? 0 : 1;
