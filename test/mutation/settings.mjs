/**
 * Stryker's settings for one part of src, whose mutants are judged by the fast tests of one folder.
 *
 * @param {string} part Names the report.
 * @param {string[]} mutate The source files.
 * @param {string} tests The folder of the tests.
 */
export function settings(part, mutate, tests) {
  return {
    testRunner: "vitest",
    vitest: { configFile: "test/mutation/vitest.config.ts", dir: tests, related: false },
    mutate,
    coverageAnalysis: "perTest",
    concurrency: 2,
    timeoutMS: 5_000,
    ignorePatterns: [
      "/dist",
      "/coverage",
      "/examples",
      "/scripts",
      "/test/{contract,package,readme,runtimes,sandbox,spec,types}",
    ],
    reporters: ["progress-append-only", "clear-text", "json"],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    jsonReporter: { fileName: `reports/mutation/${part}.json` },
    thresholds: { high: 98, low: 95, break: 95 },
    warnings: { slow: false },
  };
}
