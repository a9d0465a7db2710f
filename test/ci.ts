/**
 * Runs every suite, wider and wider, and sums what their runners report; the last line is `N passed, N failed`.
 * A suite that ran no test, left one out, or ended badly without a failed test to show for it is a failure too.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Suite {
  /** A script of package.json. */
  readonly script: string;
  /** Its arguments, by which it writes its JSON reports into a folder; none where it runs no tests. */
  readonly report?: (folder: string) => string[];
  readonly args?: readonly string[];
}

const vitest = (folder: string): string[] => [
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${join(folder, "vitest.json")}`,
];

const folderOfItsOwn = (folder: string): string[] => [`--reports=${folder}`];

const SUITES: readonly Suite[] = [
  { script: "test", report: vitest },
  { script: "test:package", report: vitest },
  { script: "test:frameworks", report: vitest },
  { script: "test:backends", report: vitest },
  { script: "test:runtimes", report: folderOfItsOwn },
  { script: "test:browsers", report: folderOfItsOwn },
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

function run({ script, report, args = [] }: Suite, folder: string): Sum {
  const all = ["run", script, "--", ...args, ...(report?.(folder) ?? [])];
  const { status } = spawnSync("npm", all, { stdio: "inherit", shell: process.platform === "win32" });
  const sum = report === undefined ? { passed: 0, failed: 0 } : readReports(folder);
  const ranNothing = report !== undefined && sum.passed === 0;
  if (sum.failed === 0 && (status !== 0 || ranNothing)) sum.failed = 1;
  return sum;
}

/** Sums vitest's reports (jest's format); a test that was left out counts as failed. */
function readReports(folder: string): Sum {
  const sum = { passed: 0, failed: 0 };
  for (const file of readdirSync(folder)) {
    const report = JSON.parse(readFileSync(join(folder, file), "utf8"));
    sum.passed += report.numPassedTests;
    sum.failed += report.numTotalTests - report.numPassedTests;
  }
  return sum;
}

const total: Sum = { passed: 0, failed: 0 };
const rows: Record<string, Sum & { seconds: number }> = {};
for (const suite of SUITES) {
  console.log(`\n=== npm run ${suite.script}`);
  const folder = mkdtempSync(join(tmpdir(), "reports-"));
  const startedAt = performance.now();
  const sum = run(suite, folder);
  rows[suite.script] = { ...sum, seconds: Math.round((performance.now() - startedAt) / 1000) };
  rmSync(folder, { recursive: true });
  total.passed += sum.passed;
  total.failed += sum.failed;
}

console.table(rows);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
