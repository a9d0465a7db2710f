import { defineConfig } from "vitest/config";

export default defineConfig({
  // Generous: npm installs everything, and the machine may be busy.
  test: { include: ["test/fresh-clone/*.test.ts"], testTimeout: 120_000, hookTimeout: 600_000 },
});
