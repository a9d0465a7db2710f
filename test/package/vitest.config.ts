import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: ["setup.ts"],
    testTimeout: 180_000, // thirty compilers on a busy machine
    hookTimeout: 60_000,
    maxConcurrency: 2,
  },
});
