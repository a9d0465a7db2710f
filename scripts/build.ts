/**
 * Makes dist/, anew each time, so that nothing of an earlier build gets packed. esbuild makes one module of each
 * entry and one of what they share: few modules load faster than many. tsc makes the declarations.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { index: "src/index.ts", session: "src/session/index.ts" },
  outdir: "dist",
  bundle: true,
  packages: "external",
  splitting: true,
  chunkNames: "shared", // two entries have at most one chunk in common
  format: "esm",
  platform: "neutral",
  target: "es2022",
  sourcemap: true,
  sourcesContent: false, // the maps lead to src/, which is shipped
});
const { status } = spawnSync(process.execPath, [tsc, "--emitDeclarationOnly"], {
  cwd: root,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
