/** The clocks are looked at this often at least, so that waking from sleep is noticed. */
const LONGEST_STEP_MS = 30_000;

/** The one schedule timer of a session. */
export class ScheduleTimer {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ring Looks at the clock and does what is due; the timer may ring earlier than it was set to. */
  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /**
   * Replaces the timer by one that rings after `delayMs`, or after 30 seconds where that is earlier.
   *
   * @param keepAlive Whether somebody waits for it. Otherwise it does not keep a process from ending.
   */
  set(delayMs: number, keepAlive: boolean): void {
    this.clear();
    const timer = setTimeout(this.#ring, Math.ceil(Math.min(Math.max(delayMs, 0), LONGEST_STEP_MS)));
    // A number in a page, an object elsewhere.
    if (!keepAlive) (timer as { unref?: () => void }).unref?.();
    this.#timer = timer;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
