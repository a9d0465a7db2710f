import { defineConfig } from "vitest/config";

/**
 * The fast tests: no sockets, no child processes, no random input, no load, no source read as text; and no change of the
 * time zone, which the threads of Stryker do not notice.
 */
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: [
      "**/{demo,demo-picture,layers,load.deep,properties,properties-secrets,time-zone}.test.ts",
      "**/node_modules/**",
    ],
  },
});
