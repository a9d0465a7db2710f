const LONGEST_OWN_MS = 30_000;
const LONGEST_ASKED_MS = 300_000;

/** 1 s, doubled for each failure before, at most 30 s. */
export function doublingMs(failuresBefore: number): number {
  return Math.min(LONGEST_OWN_MS, 1000 * 2 ** failuresBefore);
}

/** How long to wait after a transient failure that came after `failuresBefore` others in a row. */
export function backoffMs(failuresBefore: number, retryAfterMs?: number): number {
  return Math.max(doublingMs(failuresBefore) * (0.5 + Math.random() / 2), askedMs(retryAfterMs));
}

/** How long the server asked to wait, as far as the session follows it. */
export function askedMs(retryAfterMs = 0): number {
  return Math.min(retryAfterMs, LONGEST_ASKED_MS);
}
