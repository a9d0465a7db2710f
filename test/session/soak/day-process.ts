/** The day in a process of its own: it replaces the clocks and timers of the process that it runs in. */
import { simulateDay } from "./day.ts";

const [sessions, seed] = process.argv.slice(2).map(Number);
process.send?.(
  await simulateDay({
    sessions: sessions ?? 0,
    seed: seed ?? 0,
    failureRate: 0.05,
    wrongRefusalRate: 0.01,
  }),
);
