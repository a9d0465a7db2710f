/**
 * Makes dist/, anew each time, so that nothing of an earlier build gets packed. esbuild makes the modules, tsc the
 * declarations; only those that users can see are kept.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TYPES = join(ROOT, "dist/types");
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
  "sandbox/index.ts": "./sandbox.js",
};
const importBuilt: Plugin = {
  name: "import-built",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      const source = relative(join(ROOT, "src"), resolve(resolveDir, path)).replaceAll("\\", "/");
      const built = kind === "entry-point" ? undefined : BUILT[source];
      return built === undefined ? undefined : { path: built, external: true };
    });
  },
};

function makeDeclarations(project: string): void {
  const args = [TSC, "--emitDeclarationOnly", "-p", project];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  process.exitCode ||= status ?? 1;
}

/** Deletes the declarations that the entries do not lead to. */
function keepPublicDeclarations(entries: readonly string[]): void {
  const reached = new Set(entries.map((entry) => join(TYPES, entry)));
  // A set also goes through what is added on the way.
  for (const file of reached) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles) {
      if (fileName.startsWith(".")) reached.add(resolve(dirname(file), fileName.replace(/\.ts$/, ".d.ts")));
    }
  }
  for (const name of readdirSync(TYPES, { recursive: true, encoding: "utf8" })) {
    const file = join(TYPES, name);
    if (/\.d\.ts(?:\.map)?$/.test(name) && !reached.has(file.replace(/\.map$/, ""))) rmSync(file);
  }
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
// A build of its own, so that an import of the client loads nothing of it.
await build({
  ...SHARED_OPTIONS,
  entryPoints: { sandbox: "src/sandbox/index.ts", command: "src/sandbox/bin.ts" },
  sourcemap: false, // its sources are not shipped: hardly anybody steps through a stand-in
  platform: "node",
  plugins: [importBuilt],
});
makeDeclarations("src/sandbox"); // without maps; the next one makes anew what both make
makeDeclarations(".");
if (!process.exitCode)
  keepPublicDeclarations(["src/index.d.ts", "src/session/index.d.ts", "src/sandbox/index.d.ts"]);
