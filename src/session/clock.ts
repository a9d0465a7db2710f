import { steadyNow } from "../transport.ts";

const REANCHOR_MS = 1000;
/** So often at least the clocks are looked at, which is how waking from sleep is noticed. */
const LONGEST_STEP_MS = 30_000;

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

/** A number in pages, an object elsewhere. */
export type Timer = ReturnType<typeof setTimeout>;

/**
 * Sets the one timer of a session anew: it rings after `delayMs` (`Infinity`: not at all), or after 30 seconds if
 * that is earlier, for whom it rings for looks at the clock.
 *
 * @param keepAlive Whether somebody waits for it; otherwise it does not keep a process from ending.
 */
export function rearm(
  timer: Timer | undefined,
  ring: () => void,
  delayMs: number,
  keepAlive: boolean,
): Timer | undefined {
  clearTimeout(timer);
  if (delayMs === Infinity) return undefined;
  const next = setTimeout(ring, Math.ceil(Math.min(Math.max(delayMs, 0), LONGEST_STEP_MS)));
  if (!keepAlive) (next as { unref?: () => void }).unref?.();
  return next;
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
