import { defineConfig } from "vitest/config";

/** No alias for the package: the example must find it as it does when `npm run example` starts it, in dist/. */
export default defineConfig({
  test: { include: ["test/example/*.test.ts"], testTimeout: 120_000 },
});
