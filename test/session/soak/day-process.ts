/** Runs the day in a process of its own, because it replaces the clocks and timers of its process. */
import { simulateDay } from "./day.ts";

const [sessions = 0, seed = 0] = process.argv.slice(2).map(Number);
process.send?.(await simulateDay({ sessions, seed, failureRate: 0.05, wrongRefusalRate: 0.01 }));
