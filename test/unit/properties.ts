import fc from "fast-check";

/** How often each property is tried; `npm run test:deep` tries harder. */
export const RUNS = process.env["MODE"] === "deep" ? 50_000 : 300;
export const TIMEOUT_MS = 60_000 + RUNS * 40;

/** Tries a property as often as this run of the tests wants. */
export function holds<T extends [unknown, ...unknown[]]>(property: fc.IAsyncProperty<T>): Promise<void> {
  return fc.assert(property, { numRuns: RUNS });
}
