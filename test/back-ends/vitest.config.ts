import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@telnyx/video": join(import.meta.dirname, "video.ts") } },
  test: { root: import.meta.dirname, globalSetup: ["setup.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
