import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

function path(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Load, endless bodies, long outages: what takes too long for each `npm test`. */
const DEEP = "test/**/*.deep.test.ts";

export default defineConfig(({ mode }) => ({
  // The README's snippets import the package by its name.
  resolve: {
    alias: [
      { find: /^telnyx-room-tokens$/, replacement: path("src/index.ts") },
      { find: /^telnyx-room-tokens\/session$/, replacement: path("src/session/index.ts") },
      { find: /^telnyx-room-tokens\/sandbox$/, replacement: path("src/sandbox/index.ts") },
    ],
  },
  test: {
    include:
      mode === "deep"
        ? [DEEP, "test/unit/properties*.test.ts", "test/session/lives.test.ts"]
        : ["test/**/*.test.ts"],
    exclude: [
      ...(mode === "deep" ? [] : [DEEP]),
      // They run what the workflows run on Linux alone: bash, sh, and npm without a shell.
      ...(process.platform === "win32" ? ["test/spec/{release,spec-check,workflow-run}.test.ts"] : []),
      "test/{back-ends,example,frameworks,fresh-clone,package,runtimes,room,bench}/**",
      "**/node_modules/**",
    ],
    // Generous: what is asserted is behaviour, and the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than there are cores: many tests wait, for servers and for processes.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // test/ci.ts counts by this report.
    ...(process.env["CI"] && { reporters: ["default", "json"], outputFile: { json: "reports/vitest.json" } }),
    coverage: {
      enabled: mode !== "deep" && process.env["CI"] !== undefined,
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary"],
      thresholds: { branches: 95, lines: 95 },
    },
  },
}));
