/** The clocks are read this often at least, so that waking from sleep is noticed. */
const LONGEST_STEP_MS = 30_000;

export type Timer = ReturnType<typeof setTimeout>;

/**
 * Sets the timer of a session. It rings after `delayMs`, or after 30 seconds if that is earlier.
 *
 * @param keepsAlive Whether a process has to wait for it before it ends.
 */
export function setTimer(ring: () => void, delayMs: number, keepsAlive: boolean): Timer {
  const timer = setTimeout(ring, Math.ceil(Math.min(delayMs, LONGEST_STEP_MS)));
  // A number in a page, an object elsewhere.
  if (!keepsAlive) (timer as { unref?: () => void }).unref?.();
  return timer;
}
