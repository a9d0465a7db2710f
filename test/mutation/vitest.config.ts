import { defineConfig } from "vitest/config";

/**
 * The fast tests: none that starts processes, draws random input, makes a load, reads sources as text or tests a script;
 * nor the one that changes the time zone, which the threads of Stryker do not notice.
 */
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: [
      "**/{demo,demo-picture,layers,lives,load.deep,properties,time-zone}.test.ts",
      "**/node_modules/**",
    ],
  },
});
