import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: ["setup.ts"],
    testTimeout: 60_000,
    maxConcurrency: 2,
  },
});
