import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/room/*.test.ts"],
    testTimeout: 200_000,
    hookTimeout: 60_000,
    // Each test has a page, a gateway and a back end of its own, and mostly waits for the SDK.
    sequence: { concurrent: true },
    maxConcurrency: 6,
    fileParallelism: false,
  },
});
