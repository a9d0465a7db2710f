/** Lets all promises settle, before the clocks of the next machine become the global ones. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Entries are kept by the tenth of a second in which they are due, so that the first of them is soon found. */
const SLOT_MS = 100;

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

/** A device: its wall clock may be wrong, and its sleep may stop its monotonic clock and its timers. */
export class Machine {
  /** How far the wall clock is ahead of the truth. */
  wallAheadMs = 0;
  isAsleep = false;
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
  readonly machine: Machine | undefined;
  /** The machine's `sleptMs` that `at` takes into account. */
  sleptMs: number;
  readonly isTimer: boolean;
  run: (() => void) | undefined;
}

/** True time, a queue of what is due, and the globals of whichever machine is running. */
export class World {
  now: number;
  readonly random: () => number;
  #current: Machine | undefined;
  readonly #slots = new Map<number, Entry[]>();
  /** The earliest slot that may have an entry. */
  #slot: number;

  constructor(startMs: number, seed: number) {
    this.now = startMs;
    this.#slot = Math.floor(startMs / SLOT_MS);
    this.random = seeded(seed);
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.random();
  }

  /** Runs something at a moment of true time: on a machine, or on none. If that is asleep by then, on waking. */
  at(moment: number, run: () => void, machine?: Machine, isTimer = false): Entry {
    const entry = { at: moment, machine, sleptMs: machine?.sleptMs ?? 0, isTimer, run };
    this.#push(entry);
    return entry;
  }

  /** Lets a machine sleep: what comes due meanwhile runs on waking, or later where its clock has stopped too. */
  sleep(machine: Machine, durationMs: number, onWake: () => void): void {
    machine.isAsleep = true;
    this.at(this.now + durationMs, () => {
      machine.isAsleep = false;
      machine.sleptMs += durationMs;
      machine.wokeAt = this.now;
      for (const entry of machine.missed.splice(0)) {
        if (!this.#isPostponed(entry)) this.#push(Object.assign(entry, { at: this.now }));
      }
      this.at(this.now, onWake, machine);
    });
  }

  async run(untilMs: number): Promise<void> {
    for (let entry = this.#take(untilMs); entry !== undefined; entry = this.#take(untilMs)) {
      const { run, machine } = entry;
      if (run === undefined) continue; // a timer that was cleared
      this.now = entry.at;
      if (this.#isPostponed(entry)) continue;
      entry.run = undefined;
      if (entry.isTimer && machine) machine.timers -= 1;
      await this.as(machine, run);
    }
    this.now = untilMs;
  }

  /** Runs something on a machine at once, asleep or not, and lets its promises settle there. */
  async as(machine: Machine | undefined, run: () => void): Promise<void> {
    this.#current = machine;
    run();
    await settled();
  }

  /** Replaces the real clocks, timers and random numbers of this process, for good. */
  install(): void {
    const machine = () => {
      if (this.#current === undefined) throw new Error("a clock was read outside of every machine");
      return this.#current;
    };
    const set = (ring: () => void, delayMs: number) => {
      machine().timers += 1;
      return this.at(this.now + Math.max(1, Math.trunc(delayMs)), ring, machine(), true);
    };
    const clear = (entry: Entry | undefined) => {
      if (entry?.run === undefined || entry.machine === undefined) return;
      entry.run = undefined;
      entry.machine.timers -= 1;
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    Date.now = () => Math.floor(this.now + machine().wallAheadMs);
    performance.now = () => this.now - (machine().sleepStopsClock ? machine().sleptMs : 0);
    Math.random = this.random;
  }

  #isPostponed(entry: Entry): boolean {
    const { machine } = entry;
    if (machine === undefined) return false;
    if (machine.isAsleep) {
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
    const slot = Math.floor(entry.at / SLOT_MS);
    const entries = this.#slots.get(slot);
    if (entries) entries.push(entry);
    else this.#slots.set(slot, [entry]);
  }

  /** Takes the first entry that is due by then. */
  #take(untilMs: number): Entry | undefined {
    for (; this.#slot * SLOT_MS <= untilMs; this.#slot++) {
      const entries = this.#slots.get(this.#slot) ?? [];
      let [first] = entries;
      for (const entry of entries) if (first && entry.at < first.at) first = entry;
      if (first && first.at > untilMs) return undefined;
      if (first) return entries.splice(entries.indexOf(first), 1)[0];
      this.#slots.delete(this.#slot);
    }
    return undefined;
  }
}
