import { Child } from "./children.ts";
import { ratio, type Summary, summary } from "./statistics.ts";

/** A measure of worker.mjs, and how often it is taken. */
export interface Measure {
  readonly name: "stubbedCpu" | "loopbackCpu" | "wall" | "concurrent" | "allocated" | "kept";
  /** Calls in one measurement. */
  readonly calls: number;
  readonly rounds: number;
  /** Rounds before that which do not count. */
  readonly warmUps: number;
}

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
  const [server, port] = await Child.start("server.mjs");
  const values = measures.map(() => contestants.map(() => [] as number[]));
  for (let generation = 0; generation < generations; generation++) {
    const workers = await Promise.all(
      contestants.map((name) => Child.start("worker.mjs", [name, `http://127.0.0.1:${port}`])),
    );
    for (const [place, measure] of measures.entries()) {
      console.error(`measuring ${measure.name} (${generation + 1} of ${generations})`);
      await takeRounds(workers, measure, (contestant, value) => values[place]?.[contestant]?.push(value));
    }
    for (const [worker] of workers) worker.stop();
  }
  server.stop();
  return Object.fromEntries(
    measures.map(({ name }, place) => [name, compare(contestants, values[place] ?? [])]),
  );
}

async function takeRounds(
  workers: readonly [Child, unknown][],
  { name, calls, rounds, warmUps }: Measure,
  take: (contestant: number, value: number) => void,
): Promise<void> {
  for (let round = -warmUps; round < rounds; round++) {
    for (const [contestant, [worker]] of workers.entries()) {
      const value = Number(await worker.ask([name, calls]));
      if (round >= 0) take(contestant, value);
    }
  }
}

/** Each contestant's figures, with their ratio to those of the first. */
function compare(contestants: readonly string[], values: readonly (readonly number[])[]): Measured {
  const base = values[0] ?? [];
  return Object.fromEntries(
    contestants.map((name, place) => {
      const own = values[place] ?? [];
      return [name, { ...summary(own), ratio: ratio(own, base) }];
    }),
  );
}
