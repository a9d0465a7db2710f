/** The results as Markdown, and what the budgets say of them. */
import { readFileSync } from "node:fs";
import type { Measured, Summary } from "./calls.ts";
import type { Results } from "./main.ts";

type Cell = string | undefined;

const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const show = (value: number): string => (Number.isNaN(value) ? "" : NUMBER.format(value));
const kilo = (bytes: number | undefined): Cell => (bytes === undefined ? bytes : show(bytes / 1000));
const spread = (one: Summary | undefined, unit = 1): Cell =>
  one && `${show(one.median / unit)} ± ${show((one.high - one.low) / 2 / unit)}`;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map((cell) => cell ?? "").join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function report(results: Results, contestants: readonly string[]): string {
  const { machine, versions, calls, starts, bundles, installed, typeChecks, session, lines } = results;
  const each = (label: string, cell: (name: string) => Cell) => [label, ...contestants.map(cell)];
  const compared = (label: string, measured: Measured | undefined, unit = 1) =>
    each(label, (name) => {
      const one = measured?.[name];
      return one && `${spread(one, unit)} (${one.ratio.toFixed(2)}x)`;
    });
  const rows = [
    compared("loopback: time per call, µs", calls["wall"]),
    compared("loopback: CPU per call, µs", calls["loopbackCpu"]),
    compared("loopback: 1,000 calls at once, ms", calls["concurrent"]),
    compared("stubbed fetch: CPU per call, µs", calls["stubbedCpu"]),
    compared("stubbed fetch: allocated per call, kB", calls["allocated"], 1000),
    each("stubbed fetch: heap kept per call, bytes", (name) => calls["kept"]?.[name]?.median.toFixed()),
    each("import and construct: CPU, ms", (name) => spread(starts[name]?.cpuMs)),
    each("import and construct: time, ms", (name) => spread(starts[name]?.wallMs)),
    each("in a page, kB min+gzip", (name) => kilo(bundles[name])),
    each("installed, kB", (name) => kilo(installed[name]?.bytes)),
    each("packages", (name) => installed[name]?.packages.toString()),
    each("type check of one call, s", (name) => spread(typeChecks[name]?.seconds)),
    each("its files", (name) => typeChecks[name]?.files.toString()),
    each("its type instantiations", (name) => typeChecks[name]?.instantiations.toString()),
  ];
  const named = contestants.map((name) => (versions[name] ? `${name} ${versions[name]}` : name));
  return [
    `${results.date}, ${machine}. Median ± half the interquartile range; in brackets the ratio to the first column.`,
    table(
      ["", ...named],
      rows.filter(([, ...cells]) => cells.some((cell) => cell !== undefined)),
    ),
    `The session: ${show(session.freshCallCpuNs)} ns of CPU per getToken() with a fresh token; each of ` +
      `${show(session.sessions)} sessions ${show(session.heapBytesPerSession)} bytes of heap and ` +
      `${session.timersPerSession} timer, all of them ${show(session.idleCpuMs)} ms of CPU in ` +
      `${session.idleMs / 1000} s of idling; in a page ${kilo(bundles["telnyx-room-tokens/session"])} kB.`,
    `Lines of code: ${lines.src} in src, of them ${lines.facade} in the facade, client.ts and bindings.ts.`,
  ].join("\n\n");
}

/** A figure that has a bound, in budgets.json. */
interface Budget {
  readonly what: string;
  /** Where it is in the results, member by member. */
  readonly at: readonly string[];
  readonly budget: number;
  /**
   * Above which value the check fails: the budget itself for an exact figure that keeps it; more for one that is noisy
   * or over its budget, so that growth is noticed. Absent for times.
   */
  readonly failsAbove?: number | undefined;
  /** Whether it is a ratio of times, which only a quiet machine gives again. */
  readonly needsQuiet?: true;
}

/** A budget, the measured value, and whether the check fails. */
interface Verdict extends Budget {
  readonly value: number;
  readonly failed: boolean;
}

/**
 * Holds the results to budgets.json. A figure that was not measured fails, if it has a bound.
 *
 * @param isQuiet Whether the figures that need a quiet machine are held to their bounds too.
 */
export function judge(results: object, isQuiet: boolean): Verdict[] {
  const budgets: Budget[] = JSON.parse(readFileSync(new URL("budgets.json", import.meta.url), "utf8"));
  return budgets.map((budget) => {
    const member = (from: unknown, name: string) => (from as Record<string, unknown> | undefined)?.[name];
    const value = Number(budget.at.reduce(member, results as unknown));
    const failsAbove = budget.needsQuiet && !isQuiet ? undefined : budget.failsAbove;
    return { ...budget, failsAbove, value, failed: failsAbove !== undefined && !(value <= failsAbove) };
  });
}

export function budgetReport(verdicts: readonly Verdict[]): string {
  const word = ({ value, budget, failed }: Verdict): string => {
    if (failed) return "FAILED";
    if (Number.isNaN(value)) return "not measured";
    return value <= budget ? "kept" : "over";
  };
  const rows = verdicts.map((verdict) => {
    const { what, budget, value, failsAbove } = verdict;
    const limit = failsAbove === undefined ? "never" : show(failsAbove);
    return [what, show(budget), show(value), limit, word(verdict)];
  });
  return table(["budget", "at most", "measured", "fails above", ""], rows);
}
