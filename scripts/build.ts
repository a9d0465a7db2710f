/**
 * Makes dist/, anew each time, so that nothing of an earlier build gets packed. esbuild makes the modules, tsc the
 * declarations.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");

const SHARED_OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  outdir: "dist",
  bundle: true,
  packages: "external",
  format: "esm",
  target: "es2022",
  sourcemap: true,
  sourcesContent: false, // the maps lead to src/, which is shipped
};

/** What is not bundled once more, but imported from the module in dist/ that exports it. */
const BUILT: Readonly<Record<string, string>> = {
  "client/client.ts": "./index.js",
  "client/token-response.ts": "./index.js",
  "errors/room-token-error.ts": "./index.js",
};
const importBuilt: Plugin = {
  name: "import-built",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const source = relative(join(ROOT, "src"), resolve(resolveDir, path)).replaceAll("\\", "/");
      const built = BUILT[source];
      return built === undefined ? undefined : { path: built, external: true };
    });
  },
};

function makeDeclarations(project: string): void {
  const args = [TSC, "--emitDeclarationOnly", "-p", project];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  process.exitCode ||= status ?? 1;
}

rmSync(join(ROOT, "dist"), { recursive: true, force: true });
// One module of each entry and one of what they share: few modules load faster than many.
await build({
  ...SHARED_OPTIONS,
  entryPoints: { index: "src/index.ts", session: "src/session/index.ts" },
  platform: "neutral",
  splitting: true,
  chunkNames: "shared", // two entries have at most one chunk in common
});
// On its own, so that because of it no import of the client loads more modules.
await build({
  ...SHARED_OPTIONS,
  entryPoints: { sandbox: "src/sandbox/index.ts" },
  platform: "node",
  plugins: [importBuilt],
});
makeDeclarations(".");
makeDeclarations("src/sandbox");
