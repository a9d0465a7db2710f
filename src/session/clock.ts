const REANCHOR_MS = 1000;

/**
 * Counts the milliseconds that have passed since it was made, for lifetimes that must survive sleep and a
 * wrong or changing wall clock.
 *
 * Neither clock of a page can be trusted alone: the monotonic one stops during sleep on some systems, the wall
 * clock is set by people and time servers. So each look adds the larger of the two advances since the look
 * before, and nothing where the wall clock was set back. Too much time is the safe mistake: it costs a renewal,
 * where too little would hand out a dead token.
 */
export class ElapsedClock {
  #elapsedMs = 0;
  #wall: number = Date.now();
  #steady: number = steadyNow();

  /** Milliseconds since this clock was made; never less than at the look before, but for a part of a second. */
  now(): number {
    const wall = Date.now();
    const steady = steadyNow();
    const advance = Math.max(0, wall - this.#wall, steady - this.#steady);
    // Looks in quick succession are measured from one common point: the larger of two roundings, summed a
    // thousand times a second, would make this clock run fast.
    if (advance < REANCHOR_MS && wall >= this.#wall) return this.#elapsedMs + advance;
    this.#elapsedMs += advance;
    this.#wall = wall;
    this.#steady = steady;
    return this.#elapsedMs;
  }
}

function steadyNow(): number {
  return globalThis.performance?.now() ?? 0;
}
