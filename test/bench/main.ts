/**
 * Measures the client side by side with what else a user might mint a token with, prints one table, and writes
 * reports/bench.json. `--check` fails beyond a budget. `--smoke` is short, for a machine that may be busy: it
 * holds only sizes and counts to their budgets.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { judge } from "./budgets.ts";
import { type Measure, type Measured, measureCalls } from "./calls.ts";
import { printed } from "./children.ts";
import { budgetReport, report } from "./report.ts";
import {
  bundledBytes,
  countLines,
  type Installed,
  installed,
  type Lines,
  ourselvesInstalled,
} from "./sizes.ts";
import { measureStarts, type Start } from "./starts.ts";
import { measureTypeCheck, type TypeCheck } from "./types.ts";

/** What the bench finds out. */
export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly calls: Readonly<Record<string, Measured>>;
  readonly starts: Readonly<Record<string, Start>>;
  readonly startToOpenapiFetch: number;
  readonly bundles: Readonly<Record<string, number>>;
  readonly installed: Readonly<Record<string, Installed>>;
  readonly typeChecks: Readonly<Record<string, TypeCheck>>;
  readonly session: SessionCosts & { readonly sessions: number; readonly idleMs: number };
  readonly lines: Lines;
}

interface SessionCosts {
  readonly freshCallCpuNs: number;
  readonly heapBytesPerSession: number;
  readonly timersPerSession: number;
  readonly timersAfterClose: number;
  readonly idleCpuMs: number;
}

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
const BARE = "bare fetch";
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
  contestants: [BASE, BARE, OURS, "openapi-fetch", "telnyx", "ky"],
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

async function measure(plan: Plan): Promise<Results> {
  const packages = plan.contestants.filter((name) => ![BASE, BARE, OURS].includes(name));
  const session = await printed<SessionCosts>("session.mjs", [SESSIONS, plan.idleMs].map(String), [
    "--expose-gc",
  ]);
  const starts = await measureStarts([OURS, ...packages], plan.starts);
  const cpuMs = (name: string): number => starts[name]?.cpuMs.median ?? Number.NaN;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${cpus()[0]?.model.trim()}, ${process.platform}, Node ${process.versions.node}`,
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    calls: await measureCalls(plan.contestants, plan.measures, plan.generations),
    starts,
    startToOpenapiFetch: cpuMs(OURS) / cpuMs("openapi-fetch"),
    bundles: {
      [OURS]: await bundledBytes('export * from "../../dist/index.js"'),
      [`${OURS}, the client alone`]: await bundledBytes(
        'export { RoomTokenClient } from "../../dist/index.js"',
      ),
      [`${OURS}/session`]: await bundledBytes('export * from "../../dist/session.js"'),
      ...(await record(packages, (name) => bundledBytes(`export { default } from "${name}"`))),
    },
    installed: { [OURS]: ourselvesInstalled(), ...(await record(packages, installed)) },
    typeChecks: await record(plan.contestants.slice(1), (name) =>
      measureTypeCheck(`${name.replace(" ", "-")}.ts`, plan.typeChecks),
    ),
    session: { ...session, sessions: SESSIONS, idleMs: plan.idleMs },
    lines: countLines(),
  };
}

async function record<T>(
  names: readonly string[],
  value: (name: string) => T | Promise<T>,
): Promise<Record<string, T>> {
  const entries: [string, T][] = [];
  for (const name of names) entries.push([name, await value(name)]);
  return Object.fromEntries(entries);
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
