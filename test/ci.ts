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
  /** The arguments that make it write its JSON reports into a folder; absent if it runs no tests. */
  readonly report?: (folder: string) => string[];
  readonly args?: readonly string[];
}

/** What the README names, run where nothing else was installed. */
const README_COMMAND = "npm ci && npm test";

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
  { script: "test:runtimes", report: reportsFolder },
  { script: "test:browsers", report: reportsFolder },
  { script: "test:example", report: vitest },
  { script: "test:room", report: vitest },
  { script: "test:fresh-clone", report: vitest },
  { script: "test:deep", report: vitest },
  // Figures against limits, no tests: the exit status alone counts.
  { script: "test:soak" },
  { script: "bench", args: ["--smoke", "--check"] },
];

interface Sum {
  passed: number;
  failed: number;
}

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

/** For each failure the suite and the test, and on further lines the message. */
const failures: string[] = [];

function run({ script, report, args = [] }: Suite): Sum {
  const folder = mkdtempSync(join(tmpdir(), "reports-"));
  const all = ["run", script, "--", ...args, ...(report?.(folder) ?? [])];
  const { status } = spawnSync("npm", all, { stdio: "inherit" });
  const sum = sumOf(script, status, report && folder);
  rmSync(folder, { recursive: true });
  return sum;
}

/** Runs the README's test command in a clone, in which vitest.config.ts writes the report. */
function runInFreshClone(): Sum {
  const clone = mkdtempSync(join(tmpdir(), "clone-"));
  const command = `git clone --quiet "$REPOSITORY" . && ${README_COMMAND}`;
  const env = { ...process.env, REPOSITORY: process.cwd() };
  const { status } = spawnSync("bash", ["-c", command], { cwd: clone, env, stdio: "inherit" });
  const sum = sumOf(README_COMMAND, status, join(clone, "reports"));
  rmSync(clone, { recursive: true });
  return sum;
}

/** @param folder Where the reports are; undefined if the exit status alone counts. */
function sumOf(suite: string, status: number | null, folder: string | undefined): Sum {
  const hasReports = folder !== undefined && existsSync(folder);
  const sum = hasReports ? readReports(suite, folder) : { passed: 0, failed: 0 };
  const ranNothing = folder !== undefined && sum.passed === 0;
  if (sum.failed === 0 && (status !== 0 || ranNothing)) {
    sum.failed = 1;
    failures.push(`${suite}: exit status ${status}${ranNothing ? ", no test passed" : ""}`);
  }
  return sum;
}

/** Sums the reports of a suite; a test that was left out counts as failed. */
function readReports(script: string, folder: string): Sum {
  const sum = { passed: 0, failed: 0 };
  for (const file of readdirSync(folder)) {
    const report: Report = JSON.parse(readFileSync(join(folder, file), "utf8"));
    sum.passed += report.numPassedTests;
    sum.failed += report.numTotalTests - report.numPassedTests;
    const suite = file === "vitest.json" ? script : `${script} (${parse(file).name})`;
    for (const { name, message, assertionResults } of report.testResults) {
      if (message !== "") failures.push(`${suite}: ${name}\n${message}`);
      for (const { fullName, status, failureMessages } of assertionResults) {
        if (status !== "passed")
          failures.push([`${suite}: ${fullName} (${status})`, ...failureMessages].join("\n"));
      }
    }
  }
  return sum;
}

/** At most some 40 lines: the messages' first lines, or where many tests failed their names alone. */
function printFailures(): void {
  const linesEach = failures.length <= 10 ? 4 : 1;
  console.log(failures.length === 0 ? "" : "\nWhat failed:");
  for (const failure of failures.slice(0, 40)) {
    for (const line of failure.split("\n", linesEach)) console.log(line.slice(0, 200));
  }
  if (failures.length > 40) console.log(`and ${failures.length - 40} more`);
}

const total: Sum = { passed: 0, failed: 0 };
const rows: Record<string, Sum & { seconds: number }> = {};

function add(name: string, suite: () => Sum): void {
  console.log(`\n=== ${name}`);
  const startedAt = performance.now();
  const sum = suite();
  rows[name] = { ...sum, seconds: Math.round((performance.now() - startedAt) / 1000) };
  total.passed += sum.passed;
  total.failed += sum.failed;
}

add(README_COMMAND, runInFreshClone);
for (const suite of SUITES) add(`npm run ${suite.script}`, () => run(suite));

printFailures();
console.table(rows);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
