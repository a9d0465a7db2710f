/** What repeated measurements come to. */
export interface Summary {
  readonly median: number;
  /** The middle half of the measurements lies between these two. */
  readonly low: number;
  readonly high: number;
}

export function summary(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** How many times the base it is: the median over the rounds, in each of which both were measured in turn. */
export function ratio(values: readonly number[], base: readonly number[]): number {
  return quantile(
    values.map((value, round) => value / (base[round] ?? Number.NaN)),
    0.5,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}
