import { monotonicNow } from "../lib/platform.ts";

/** Readings closer together than this are measured from one common point. */
const REANCHOR_MS = 1000;

/** Returns the milliseconds since the clock was first read. */
export type Now = () => number;

/** A moment that never comes. */
export const NEVER: number = Infinity;
/** A moment before all others. */
export const LONG_AGO: number = -NEVER;

/**
 * Makes a clock for lifetimes that must survive sleep and a wrong or changing wall clock. It counts the milliseconds
 * since it was first read; before that it reads no clock, because frameworks that prerender a page forbid it.
 *
 * Neither clock of a page can be trusted alone: the monotonic one stops during sleep on some systems, the wall
 * clock is set by people and time servers. So each reading adds the larger of the two advances since the last one.
 * Counting too much time is the safe mistake: it costs a renewal, where too little would give out an expired token.
 */
export function elapsedClock(): Now {
  let elapsedMs = 0;
  let anchor: { readonly wall: number; readonly monotonic: number } | undefined;
  return () => {
    const wall = Date.now();
    const monotonic = monotonicNow();
    anchor ??= { wall, monotonic };
    const advanceMs = Math.max(0, wall - anchor.wall, monotonic - anchor.monotonic);
    // The larger of two roundings, summed a thousand times a second, would make this clock run fast.
    if (advanceMs < REANCHOR_MS && wall >= anchor.wall) return elapsedMs + advanceMs;
    anchor = { wall, monotonic };
    elapsedMs += advanceMs;
    return elapsedMs;
  };
}
