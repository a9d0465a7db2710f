/**
 * Measures the client side by side with what else a user might create a token with, prints one table, and writes
 * reports/bench.json. `--check` fails beyond a budget. `--smoke` is short, for a machine that may be busy: it
 * holds only sizes and counts to their budgets.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { type Measure, measureCalls, measureStarts, printed } from "./calls.ts";
import { budgetReport, judge, report } from "./report.ts";
import { bundledBytes, countLines, installed, measureTypeCheck, ourselvesInstalled } from "./sizes.ts";

interface Plan {
  /** The first is what the others are compared with. */
  readonly contestants: readonly string[];
  readonly generations: number;
  readonly measures: readonly Measure[];
  readonly starts: number;
  readonly typeChecks: number;
  readonly idleMs: number;
}

const BASE = "bare fetch with a deadline";
const OURS = "telnyx-room-tokens";

const SMOKE: Plan = {
  contestants: [BASE, OURS, "openapi-fetch"],
  generations: 2,
  measures: [
    { name: "stubbedCpu", calls: 1000, rounds: 6, warmUps: 3 },
    { name: "loopbackCpu", calls: 200, rounds: 4, warmUps: 3 },
    { name: "kept", calls: 5000, rounds: 1, warmUps: 1 },
  ],
  starts: 5,
  typeChecks: 1,
  idleMs: 1000,
};
const WHOLE: Plan = {
  contestants: [BASE, OURS, "openapi-fetch", "telnyx", "ky"],
  generations: 3,
  measures: [
    { name: "stubbedCpu", calls: 1500, rounds: 10, warmUps: 3 },
    { name: "loopbackCpu", calls: 200, rounds: 10, warmUps: 3 },
    { name: "wall", calls: 200, rounds: 10, warmUps: 1 },
    { name: "concurrent", calls: 1000, rounds: 7, warmUps: 1 },
    { name: "allocated", calls: 3000, rounds: 2, warmUps: 0 },
    { name: "kept", calls: 5000, rounds: 1, warmUps: 1 },
  ],
  starts: 45,
  typeChecks: 3,
  idleMs: 60_000,
};

const SESSIONS = 10_000;

type SessionCosts = Record<
  "freshCallCpuNs" | "heapBytesPerSession" | "timersPerSession" | "timersAfterClose" | "idleCpuMs",
  number
>;

/** What the bench finds out. */
export type Results = Awaited<ReturnType<typeof measure>>;

async function measure({ contestants, generations, measures, idleMs, ...plan }: Plan) {
  const picked = contestants.slice(1);
  const packages = picked.filter((name) => name !== OURS);
  const sizes = [String(SESSIONS), String(idleMs)];
  const session = await printed<SessionCosts>("session.mjs", sizes, "--expose-gc");
  const starts = await measureStarts(picked, plan.starts);
  const cpuMs = (name: string): number => starts[name]?.cpuMs.median ?? Number.NaN;
  const bundles: Record<string, number> = {
    [OURS]: await bundledBytes('export * from "../../dist/index.js"'),
    [`${OURS}, the client alone`]: await bundledBytes(
      'export { RoomTokenClient } from "../../dist/index.js"',
    ),
    [`${OURS}/session`]: await bundledBytes('export * from "../../dist/session.js"'),
  };
  for (const name of packages) bundles[name] = await bundledBytes(`export { default } from "${name}"`);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${cpus()[0]?.model.trim()}, ${process.platform}, Node ${process.versions.node}`,
    versions: record(packages, versionOf),
    calls: await measureCalls(contestants, measures, generations),
    starts,
    startToOpenapiFetch: cpuMs(OURS) / cpuMs("openapi-fetch"),
    bundles,
    installed: record(picked, (name) => (name === OURS ? ourselvesInstalled() : installed(name))),
    typeChecks: record(picked, (name) => measureTypeCheck(name, plan.typeChecks)),
    session: { ...session, sessions: SESSIONS, idleMs },
    lines: countLines(),
  };
}

function record<T>(names: readonly string[], value: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

function versionOf(name: string): string {
  const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

const args = process.argv.slice(2);
const plan = args.includes("--smoke") ? SMOKE : WHOLE;
const results = await measure(plan);
const verdicts = judge(results, plan === WHOLE);
const reports = new URL("../../reports/", import.meta.url);
mkdirSync(reports, { recursive: true });
writeFileSync(new URL("bench.json", reports), `${JSON.stringify({ ...results, verdicts }, null, 2)}\n`);
console.log(`\n${report(results, plan.contestants)}\n\n${budgetReport(verdicts)}`);
if (args.includes("--check") && verdicts.some(({ failed }) => failed)) process.exitCode = 1;
