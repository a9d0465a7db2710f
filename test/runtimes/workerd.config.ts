import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { shared } from "./given.ts";

export default defineConfig({
  plugins: [cloudflareTest({ miniflare: { compatibilityDate: "2026-04-21" } })],
  test: shared,
});
