import { defineConfig } from "vitest/config";

/** The package has no alias here: the example finds it in dist/, as it does when `npm run example` starts it. */
export default defineConfig({
  test: { include: ["test/example/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
