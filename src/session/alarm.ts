import { NEVER } from "./clock.ts";

/** The clocks are read this often at least, so that waking from sleep is noticed. */
const LONGEST_STEP_MS = 30_000;

/** The one timer of a session. */
export class Alarm {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /**
   * Sets the timer anew. It rings after `delayMs`, or after 30 seconds if that is earlier.
   *
   * @param delayMs `NEVER` for no timer.
   * @param keepsAlive Whether a process has to wait for it before it ends.
   */
  set(delayMs: number, keepsAlive: boolean): void {
    clearTimeout(this.#timer);
    if (delayMs === NEVER) return;
    this.#timer = setTimeout(this.#ring, Math.ceil(Math.min(delayMs, LONGEST_STEP_MS)));
    // A number in a page, an object elsewhere.
    if (!keepsAlive) (this.#timer as { unref?: () => void }).unref?.();
  }
}
