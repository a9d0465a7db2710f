import { readFileSync } from "node:fs";

/** A figure that has a bound. */
interface Budget {
  readonly what: string;
  /** Where it is in the results, member by member. */
  readonly at: readonly string[];
  readonly budget: number;
  /**
   * Where the check fails: at the budget itself where it is kept and exact, above it where it is noisy, or not
   * reached yet, so that growth is noticed; never for a time.
   */
  readonly failsAbove?: number | undefined;
  /** A ratio of times: only a quiet machine gives the same one again. */
  readonly needsQuiet?: true;
}

/** A budget and how it was kept. */
export interface Verdict extends Budget {
  readonly value: number;
  readonly failed: boolean;
}

/**
 * Holds the results to budgets.json; a figure that is not there fails where it has a bound.
 *
 * @param isQuiet Whether the figures that need a quiet machine are held to their bounds too.
 */
export function judge(results: object, isQuiet: boolean): Verdict[] {
  const budgets: Budget[] = JSON.parse(readFileSync(new URL("budgets.json", import.meta.url), "utf8"));
  return budgets.map((budget) => {
    const value = Number(
      budget.at.reduce<unknown>(
        (from, name) => (from as Record<string, unknown> | undefined)?.[name],
        results,
      ),
    );
    const failsAbove = budget.needsQuiet && !isQuiet ? undefined : budget.failsAbove;
    return { ...budget, failsAbove, value, failed: failsAbove !== undefined && !(value <= failsAbove) };
  });
}
