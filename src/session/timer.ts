/** The clocks are looked at this often at least, so that waking from sleep is noticed. */
const LONGEST_STEP_MS = 30_000;

export type Timer = ReturnType<typeof setTimeout>;

/**
 * Sets the schedule timer of a session. It rings after `delayMs`, or after 30 seconds where that is earlier.
 *
 * @param keepAlive Whether somebody waits for it. Otherwise it does not keep a process from ending.
 */
export function setTimer(ring: () => void, delayMs: number, keepAlive: boolean): Timer {
  const timer = setTimeout(ring, Math.ceil(Math.min(delayMs, LONGEST_STEP_MS)));
  // A number in a page, an object elsewhere.
  if (!keepAlive) (timer as { unref?: () => void }).unref?.();
  return timer;
}
