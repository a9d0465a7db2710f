/**
 * Thousands of pages in a day of fake time, one after the other, in a process of its own, because it replaces the clocks
 * and timers of its process.
 */
import { Figures, liveForADay } from "./page.ts";
import { HOUR_MS, TOKEN_TTL_SECS, Traffic } from "./telnyx.ts";

const MARGIN_SECS = 120;

export type DayFigures = Awaited<ReturnType<typeof simulateDay>>;

/** Lets that many pages live for a day, and counts. */
async function simulateDay(pageCount: number, seed: number) {
  const traffic = new Traffic();
  const figures = new Figures();
  const random = seeded(seed);
  for (let nth = 0; nth < pageCount; nth++) {
    Math.random = seeded(random() * 2 ** 32);
    await liveForADay(traffic, figures, Math.random, nth % 2 === 0);
  }
  const { requests, peakAfterOutage } = traffic;
  const requestsPerAwakeHour = requests / (figures.awakeMs / HOUR_MS);
  const idealPerHour = 3600 / (TOKEN_TTL_SECS - MARGIN_SECS);
  return { ...figures, requests, requestsPerAwakeHour, idealPerHour, peakAfterOutage };
}

/** A random number generator that gives the same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const [pageCount = 0, seed = 0] = process.argv.slice(2).map(Number);
process.send?.(await simulateDay(pageCount, seed));
