import type { Verdict } from "./budgets.ts";
import type { Measured } from "./calls.ts";
import type { Results } from "./main.ts";
import type { Summary } from "./statistics.ts";

const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const show = (value: number): string => (Number.isNaN(value) ? "" : NUMBER.format(value));

/** The results as Markdown. */
export function report(results: Results, contestants: readonly string[]): string {
  const { machine, versions, calls, starts, bundles, installed, typeChecks, session, lines } = results;
  const compared = (measured: Measured | undefined, unit = 1) =>
    contestants.map((name) => {
      const one = measured?.[name];
      return one && `${spread(one, unit)} (${one.ratio.toFixed(2)}x)`;
    });
  const each = (cell: (name: string) => string | undefined) => contestants.map(cell);
  const rows: (string | undefined)[][] = [
    ["loopback: time per call, µs", ...compared(calls["wall"])],
    ["loopback: CPU per call, µs", ...compared(calls["loopbackCpu"])],
    ["loopback: 1,000 calls at once, ms", ...compared(calls["concurrent"])],
    ["stubbed fetch: CPU per call, µs", ...compared(calls["stubbedCpu"])],
    ["stubbed fetch: allocated per call, kB", ...compared(calls["allocated"], 1000)],
    ["stubbed fetch: heap kept per call, bytes", ...each((name) => kept(calls["kept"]?.[name]))],
    ["import and construct: CPU, ms", ...each((name) => spread(starts[name]?.cpuMs))],
    ["import and construct: time, ms", ...each((name) => spread(starts[name]?.wallMs))],
    ["in a page, kB min+gzip", ...each((name) => kilo(bundles[name]))],
    ["installed, kB", ...each((name) => kilo(installed[name]?.bytes))],
    ["packages", ...each((name) => installed[name]?.packages.toString())],
    ["type check of one call, s", ...each((name) => spread(typeChecks[name]?.seconds))],
    ["its files", ...each((name) => typeChecks[name]?.files.toString())],
    ["its type instantiations", ...each((name) => typeChecks[name]?.instantiations.toString())],
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

/** The budgets as Markdown. */
export function budgetReport(verdicts: readonly Verdict[]): string {
  const word = ({ value, budget, failed }: Verdict): string => {
    if (failed) return "FAILED";
    if (Number.isNaN(value)) return "not measured";
    return value <= budget ? "kept" : "over";
  };
  return table(
    ["budget", "at most", "measured", "fails above", ""],
    verdicts.map((verdict) => [
      verdict.what,
      show(verdict.budget),
      show(verdict.value),
      verdict.failsAbove === undefined ? "never" : show(verdict.failsAbove),
      word(verdict),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const line = (cells: readonly (string | undefined)[]) =>
    `| ${cells.map((cell) => cell ?? "").join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function spread(one: Summary | undefined, unit = 1): string | undefined {
  return one && `${show(one.median / unit)} ± ${show((one.high - one.low) / 2 / unit)}`;
}

function kept(one: Summary | undefined): string | undefined {
  return one && Math.round(one.median).toString();
}

function kilo(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : show(bytes / 1000);
}
