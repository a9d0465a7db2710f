import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: ["setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than there are cores: each file waits 10 s for a slow Telnyx.
    maxWorkers: 4,
  },
});
