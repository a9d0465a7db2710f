import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { root: import.meta.dirname, globalSetup: ["setup.ts"], testTimeout: 30_000, hookTimeout: 60_000 },
});
