/** What calls and starts take, measured in processes of their own. */
import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** What repeated measurements come to: the middle half of them lies between `low` and `high`. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function summary(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

/** Runs a script to its end, and gives what it prints as JSON. */
export async function printed<T>(script: string, args: readonly string[], ...flags: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, pathOf(script), ...args]);
  return JSON.parse(stdout);
}

/** Starts a script that answers messages until it is disconnected. */
function start(script: string, ...args: string[]): ChildProcess {
  return fork(pathOf(script), args, { execArgv: ["--expose-gc"] });
}

/** The next message of a script. */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const { signal } = done;
  const message = once(child, "message", { signal });
  const ended = once(child, "exit", { signal }).then(() => {
    throw new Error("a measured process ended before its answer");
  });
  const [value] = await Promise.race([message, ended]).finally(() => done.abort());
  return value;
}

/** A measure of worker.mjs, and how often it is taken. */
export interface Measure {
  readonly name: "stubbedCpu" | "loopbackCpu" | "wall" | "concurrent" | "allocated" | "kept";
  /** Calls in one measurement. */
  readonly calls: number;
  readonly rounds: number;
  /** Rounds before that which do not count. */
  readonly warmUps: number;
}

/** The figures of each contestant, with their ratio to those of the first. */
export type Measured = Record<string, Summary & { readonly ratio: number }>;

/**
 * Measures all contestants in turn, round by round, so that a slow moment of the machine meets them all. Each
 * comes as several processes, one after another, because one process may be compiled luckier than the next.
 */
export async function measureCalls(
  contestants: readonly string[],
  measures: readonly Measure[],
  generations: number,
): Promise<Record<string, Measured>> {
  const server = start("server.mjs", "listen");
  const baseUrl = `http://127.0.0.1:${await messageOf(server)}`;
  const values = new Map(measures.map((measure) => [measure, contestants.map((): number[] => [])]));
  for (let generation = 1; generation <= generations; generation++) {
    const workers = contestants.map((name) => start("worker.mjs", name, baseUrl));
    await Promise.all(workers.map(messageOf));
    for (const [measure, columns] of values) {
      console.error(`measuring ${measure.name} (${generation} of ${generations})`);
      await takeRounds(workers, measure, columns);
    }
    for (const worker of workers) worker.disconnect();
  }
  server.disconnect();
  return Object.fromEntries([...values].map(([{ name }, columns]) => [name, compare(contestants, columns)]));
}

async function takeRounds(workers: ChildProcess[], measure: Measure, columns: number[][]): Promise<void> {
  for (let round = -measure.warmUps; round < measure.rounds; round++) {
    for (const [place, worker] of workers.entries()) {
      const answer = messageOf(worker);
      worker.send([measure.name, measure.calls]);
      const value = Number(await answer);
      if (round >= 0) columns[place]?.push(value);
    }
  }
}

/** The ratio is the median over the rounds, in each of which all were measured in turn. */
function compare(contestants: readonly string[], columns: readonly number[][]): Measured {
  const [base = []] = columns;
  return Object.fromEntries(
    contestants.map((name, place) => {
      const own = columns[place] ?? [];
      const ratios = own.map((value, round) => value / (base[round] ?? Number.NaN));
      return [name, { ...summary(own), ratio: quantile(ratios, 0.5) }];
    }),
  );
}

/** What it takes to load a contestant and set it up, beyond an empty process, in milliseconds. */
export type Start = Record<"cpuMs" | "wallMs", Summary>;

/** Starts fresh processes, all contestants in turn, each time together with an empty one to subtract. */
export async function measureStarts(contestants: readonly string[], rounds: number) {
  const columns = new Map(contestants.map((name) => [name, { cpu: [] as number[], wall: [] as number[] }]));
  const run = (...args: string[]) => printed<{ cpuMs: number; wallMs: number }>("construct.mjs", args);
  for (let round = 0; round < rounds; round++) {
    const empty = await run();
    for (const [name, { cpu, wall }] of columns) {
      const { cpuMs, wallMs } = await run(name);
      cpu.push(cpuMs - empty.cpuMs);
      wall.push(wallMs - empty.wallMs);
    }
  }
  const summaries = [...columns].map(([name, { cpu, wall }]): [string, Start] => {
    return [name, { cpuMs: summary(cpu), wallMs: summary(wall) }];
  });
  return Object.fromEntries(summaries);
}
