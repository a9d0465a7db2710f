/** So often at least the clocks are looked at, which is how waking from sleep is noticed. */
const LONGEST_STEP_MS = 30_000;

/** The one timer of a session: setting it again replaces it. */
export class Alarm {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /**
   * Rings after `delayMs` (`Infinity`: not at all), or after 30 seconds if that is earlier: whom it rings for
   * looks at the clock.
   *
   * @param keepAlive Whether somebody waits for it; otherwise it does not keep a process from ending.
   */
  set(delayMs: number, keepAlive: boolean): void {
    clearTimeout(this.#timer);
    if (delayMs === Infinity) return;
    this.#timer = setTimeout(this.#ring, Math.ceil(Math.min(Math.max(delayMs, 0), LONGEST_STEP_MS)));
    if (!keepAlive) (this.#timer as { unref?: () => void }).unref?.(); // a number in browsers
  }
}

/**
 * In a page, tells a session when the user comes back to it, and when the network does. Timers are held
 * back in hidden pages and stop in frozen ones.
 *
 * @returns What ends it.
 */
export function onPageWake(session: { tick(): void; online(): void }): () => void {
  if (typeof document === "undefined") return () => {};
  const page = typeof window === "undefined" ? globalThis : window;
  const wake = () => session.tick();
  const listeners: [EventTarget, string, (event: Event) => void][] = [
    [document, "visibilitychange", () => document.visibilityState === "visible" && wake()],
    [page, "focus", wake],
    [page, "pageshow", (event) => (event as PageTransitionEvent).persisted && wake()],
    [page, "online", () => session.online()],
  ];
  for (const [target, name, listener] of listeners) target.addEventListener?.(name, listener);
  return () => {
    for (const [target, name, listener] of listeners) target.removeEventListener?.(name, listener);
  };
}
