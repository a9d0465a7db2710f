import { printed } from "./children.ts";
import { type Summary, summary } from "./statistics.ts";

/** What it takes to load a contestant and set it up, beyond an empty process, in milliseconds. */
export interface Start {
  readonly cpuMs: Summary;
  readonly wallMs: Summary;
}

/** Starts fresh processes, all contestants in turn, each time together with an empty one to subtract. */
export async function measureStarts(
  contestants: readonly string[],
  rounds: number,
): Promise<Record<string, Start>> {
  const cpu = contestants.map(() => [] as number[]);
  const wall = contestants.map(() => [] as number[]);
  const start = (args: string[]) => printed<{ cpuMs: number; wallMs: number }>("construct.mjs", args);
  for (let round = 0; round < rounds; round++) {
    const empty = await start([]);
    for (const [place, name] of contestants.entries()) {
      const { cpuMs, wallMs } = await start([name]);
      cpu[place]?.push(cpuMs - empty.cpuMs);
      wall[place]?.push(wallMs - empty.wallMs);
    }
  }
  return Object.fromEntries(
    contestants.map((name, place) => [
      name,
      { cpuMs: summary(cpu[place] ?? []), wallMs: summary(wall[place] ?? []) },
    ]),
  );
}
