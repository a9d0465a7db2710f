import { monotonicNow } from "../lib/platform.ts";

/** Looks closer together than this are measured from one common point. */
const REANCHOR_MS = 1000;

/** Milliseconds since a session's clock was first looked at. */
export type Now = () => number;

/** A moment that never comes. */
export const NEVER: number = Infinity;
/** A moment before all others. */
export const LONG_AGO: number = -NEVER;

/**
 * Makes a clock that counts the milliseconds since it was first looked at, for lifetimes that must survive sleep and a
 * wrong or changing wall clock.
 *
 * Neither clock of a page can be trusted alone: the monotonic one stops during sleep on some systems, the wall
 * clock is set by people and time servers. So each look adds the larger of the two advances since the last
 * look; a wall clock that was set back counts as not advanced. Counting too much time is the safe mistake: it
 * costs a renewal, where too little would hand out a dead token.
 *
 * It reads no clock before the first look: a framework that prerenders a page forbids that.
 */
export function elapsedClock(): Now {
  let elapsedMs = 0;
  let anchor: { readonly wall: number; readonly steady: number } | undefined;
  return () => {
    const wall = Date.now();
    const steady = monotonicNow();
    anchor ??= { wall, steady };
    const advanceMs = Math.max(0, wall - anchor.wall, steady - anchor.steady);
    // The larger of two roundings, summed a thousand times a second, would make this clock run fast.
    if (advanceMs < REANCHOR_MS && wall >= anchor.wall) return elapsedMs + advanceMs;
    anchor = { wall, steady };
    elapsedMs += advanceMs;
    return elapsedMs;
  };
}
