/** Lets all promises settle, before the clocks of the next machine become the global ones. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A random number generator that gives the same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A device: its wall clock may be wrong, and its sleep may stop its monotonic clock and its timers. */
export class Machine {
  /** How far the wall clock is ahead of the truth. */
  wallAheadMs = 0;
  asleep = false;
  /** Time spent asleep since it was made. */
  sleptMs = 0;
  wokeAt = -Infinity;
  /** When a request of its last failed by a fault of the server or the network. */
  faultAt = -Infinity;
  /** When the first of the faults in a row was; undefined after a success. */
  faultsSince: number | undefined;
  readonly sleepStopsClock: boolean;
  /** What came due during sleep. */
  readonly missed: Entry[] = [];
  timers = 0;

  constructor(sleepStopsClock: boolean) {
    this.sleepStopsClock = sleepStopsClock;
  }
}

interface Entry {
  at: number;
  readonly order: number;
  readonly machine: Machine | undefined;
  /** The machine's `sleptMs` that `at` takes into account. */
  sleptMs: number;
  readonly isTimer: boolean;
  run: (() => void) | undefined;
}

/** True time, an event queue, and the globals of whichever machine is running. */
export class World {
  now: number;
  #current: Machine | undefined;
  #order = 0;
  readonly #heap: Entry[] = [];

  constructor(startMs: number) {
    this.now = startMs;
  }

  /** Runs something at a moment of true time, on no machine. */
  at(moment: number, run: () => void): void {
    this.#push({ at: moment, order: this.#order++, machine: undefined, sleptMs: 0, isTimer: false, run });
  }

  /** Runs something on a machine; when that is asleep by then, on waking. */
  on(machine: Machine, delayMs: number, run: () => void, isTimer = false): Entry {
    const entry = {
      at: this.now + delayMs,
      order: this.#order++,
      machine,
      sleptMs: machine.sleptMs,
      isTimer,
      run,
    };
    this.#push(entry);
    return entry;
  }

  /** Lets a machine sleep: what comes due meanwhile runs on waking, or later where its clock has stopped too. */
  sleep(machine: Machine, durationMs: number, onWake: () => void): void {
    machine.asleep = true;
    this.at(this.now + durationMs, () => {
      machine.asleep = false;
      machine.sleptMs += durationMs;
      machine.wokeAt = this.now;
      for (const entry of machine.missed.splice(0)) {
        if (!this.#postponed(entry)) {
          entry.at = this.now;
          this.#push(entry);
        }
      }
      this.on(machine, 0, onWake);
    });
  }

  async run(untilMs: number): Promise<void> {
    while ((this.#heap[0]?.at ?? Infinity) <= untilMs) {
      const entry = this.#pop();
      if (entry?.run === undefined) continue;
      this.now = entry.at;
      if (this.#postponed(entry)) continue;
      const { run } = entry;
      this.#current = entry.machine;
      entry.run = undefined;
      if (entry.isTimer && entry.machine) entry.machine.timers -= 1;
      run();
      await settled();
    }
    this.now = untilMs;
  }

  /** Runs something on a machine at once, asleep or not, and lets its promises settle there. */
  async as(machine: Machine, run: () => void): Promise<void> {
    this.#current = machine;
    run();
    await settled();
  }

  /** Replaces the real clocks, timers and random numbers; returns the function that restores them. */
  install(random: () => number): () => void {
    const real = { setTimeout, clearTimeout, now: Date.now, random: Math.random, steady: performance.now };
    const machine = () => {
      if (this.#current === undefined) throw new Error("a clock was read outside of every machine");
      return this.#current;
    };
    const set = (ring: () => void, delayMs: number) => {
      machine().timers += 1;
      return this.on(machine(), Math.max(1, Math.trunc(delayMs)), ring, true);
    };
    const clear = (entry: Entry | undefined) => {
      if (entry?.run === undefined || entry.machine === undefined) return;
      entry.run = undefined;
      entry.machine.timers -= 1;
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    Date.now = () => Math.floor(this.now + machine().wallAheadMs);
    performance.now = () => this.now - (machine().sleepStopsClock ? machine().sleptMs : 0);
    Math.random = random;
    return () => {
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
      Date.now = real.now;
      performance.now = real.steady;
      Math.random = real.random;
    };
  }

  #postponed(entry: Entry): boolean {
    const { machine } = entry;
    if (machine === undefined) return false;
    if (machine.asleep) {
      machine.missed.push(entry);
      return true;
    }
    const sleptSince = machine.sleptMs - entry.sleptMs;
    if (!entry.isTimer || !machine.sleepStopsClock || sleptSince <= 0) return false;
    entry.at += sleptSince;
    entry.sleptMs = machine.sleptMs;
    this.#push(entry);
    return true;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return last;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      const left = heap[child];
      const right = heap[child + 1];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const least = heap[child];
      if (least === undefined || !isBefore(least, last)) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
