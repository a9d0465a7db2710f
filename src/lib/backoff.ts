/**
 * The delay before the next attempt: `firstMs`, doubled with each failure in a row, at most `longestMs`; multiplied by a
 * random 0.5 to 1, so that many clients do not come back together.
 *
 * @param failures How many attempts have failed in a row, from 1.
 */
export function backoffMs(failures: number, firstMs: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}
