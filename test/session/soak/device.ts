/** Lets all promises settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

interface Entry {
  /** When it is due, in true time. */
  at: number;
  readonly isTimer: boolean;
  readonly run: () => void;
}

/** A device: its wall clock may be wrong, and its sleep may stop its monotonic clock and its timers. */
export class Device {
  /** True time. */
  now: number;
  /** How far the wall clock is ahead of the truth. */
  wallAheadMs = 0;
  /** Time spent asleep since it was made. */
  sleptMs = 0;
  wokeAt = -Infinity;
  readonly #sleepStopsClock: boolean;
  /** What is to run, the first first. */
  readonly #queue: Entry[] = [];

  constructor(now: number, sleepStopsClock: boolean) {
    this.now = now;
    this.#sleepStopsClock = sleepStopsClock;
  }

  get timerCount(): number {
    return this.#queue.filter(({ isTimer }) => isTimer).length;
  }

  /** Runs something in so long; if it is asleep by then, on waking. */
  after(delayMs: number, run: () => void, isTimer = false): Entry {
    const entry = { at: this.now + delayMs, run, isTimer };
    const next = this.#queue.findIndex(({ at }) => at > entry.at);
    this.#queue.splice(next === -1 ? this.#queue.length : next, 0, entry);
    return entry;
  }

  /** Sleeps: timers that came due meanwhile ring on waking, or so much later if their clock has stopped too. */
  sleep(durationMs: number): void {
    this.now += durationMs;
    this.sleptMs += durationMs;
    this.wokeAt = this.now;
    for (const entry of this.#queue) {
      if (entry.isTimer && this.#sleepStopsClock) entry.at += durationMs;
      else entry.at = Math.max(entry.at, this.now);
    }
    this.#queue.sort((a, b) => a.at - b.at);
  }

  async run(untilMs: number): Promise<void> {
    for (let [next] = this.#queue; next && next.at <= untilMs; [next] = this.#queue) {
      this.#queue.shift();
      this.now = next.at;
      next.run();
      await settled();
    }
    this.now = Math.max(this.now, untilMs);
  }

  /** Lets its clocks and timers be those of this process. */
  install(): void {
    const set = (ring: () => void, delayMs: number) =>
      this.after(Math.max(1, Math.trunc(delayMs)), ring, true);
    const clear = (timer: Entry | undefined) => {
      const index = timer ? this.#queue.indexOf(timer) : -1;
      if (index >= 0) this.#queue.splice(index, 1);
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    Date.now = () => Math.floor(this.now + this.wallAheadMs);
    performance.now = () => this.now - (this.#sleepStopsClock ? this.sleptMs : 0);
  }
}
