import { readFileSync } from "node:fs";

/** A figure that has a bound. */
interface Budget {
  readonly what: string;
  /** Where it is in the results, member by member. */
  readonly at: readonly string[];
  readonly budget: number;
  /**
   * Above which value the check fails: the budget itself for an exact figure that keeps it; more for one that is noisy
   * or over its budget, so that growth is noticed. Absent for times.
   */
  readonly failsAbove?: number | undefined;
  /** Whether it is a ratio of times, which only a quiet machine gives again. */
  readonly needsQuiet?: true;
}

/** A budget, the measured value, and whether the check fails. */
export interface Verdict extends Budget {
  readonly value: number;
  readonly failed: boolean;
}

/**
 * Holds the results to budgets.json. A figure that was not measured fails, if it has a bound.
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
