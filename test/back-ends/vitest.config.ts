import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: ["setup.ts"],
    // Generous: what is asserted is behaviour, and the machine may be busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // More than there are cores: each file waits 10 s for a slow Telnyx.
    maxWorkers: 4,
  },
});
