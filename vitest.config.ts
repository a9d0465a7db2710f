import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

function path(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

export default defineConfig({
  // The README's snippets import the package by its name.
  resolve: {
    alias: [
      { find: /^telnyx-room-tokens$/, replacement: path("src/index.ts") },
      { find: /^telnyx-room-tokens\/session$/, replacement: path("src/session/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    // Generous: what is asserted is behaviour, and the machine may be busy.
    testTimeout: 60_000,
    exclude: ["test/{back-ends,example,package,runtimes,bench}/**", "**/node_modules/**"],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary"],
      thresholds: { branches: 95, lines: 95 },
    },
  },
});
