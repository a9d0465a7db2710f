import { defineConfig } from "vitest/config";

/** For the back ends on Bun, Deno and workerd, which Node calls. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["back-ends/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 3, // each file waits 10 s for a slow Telnyx
  },
});
