import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a page would load: everything that the statement exports, bundled for browsers, minified, gzipped. */
export async function bundledBytes(statement: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: statement, resolveDir: HERE },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    external: ["crypto", "ws"], // the official SDK asks for them, and so is not for browsers
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
}

export interface Installed {
  readonly bytes: number;
  /** Itself and all that it depends on. */
  readonly packages: number;
}

/** What installing the packed tarball brings. */
export function ourselvesInstalled(): Installed {
  const { dependencies } = manifest(`${ROOT}/package.json`);
  const pack = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [{ unpackedSize }] = JSON.parse(pack.stdout) as [{ unpackedSize: number }];
  return withDependencies(unpackedSize, dependencies);
}

/** What installing a package brings. */
export function installed(name: string): Installed {
  const folder = `${HERE}/node_modules/${name}`;
  return withDependencies(bytesIn(folder), manifest(`${folder}/package.json`).dependencies);
}

function withDependencies(bytes: number, dependencies: Record<string, string> = {}): Installed {
  return Object.keys(dependencies)
    .map(installed)
    .reduce((sum, one) => ({ bytes: sum.bytes + one.bytes, packages: sum.packages + one.packages }), {
      bytes,
      packages: 1,
    });
}

function manifest(path: string): { dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(path, "utf8"));
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => statSync(`${folder}/${file}`))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}

/** Lines of code: without blank lines and comments. */
export interface Lines {
  readonly src: number;
  /** What a call of the client names first: the part that must stay thin. */
  readonly facade: number;
}

const FACADE = ["client/client.ts", "client/bindings.ts"];

export function countLines(): Lines {
  const files = readdirSync(`${ROOT}/src`, { recursive: true, encoding: "utf8" });
  return { src: linesOf(files.filter((file) => file.endsWith(".ts"))), facade: linesOf(FACADE) };
}

function linesOf(files: readonly string[]): number {
  return files
    .flatMap((file) => readFileSync(`${ROOT}/src/${file}`, "utf8").split("\n"))
    .filter((line) => !/^\s*(?:$|\/\/|\/?\*)/.test(line)).length;
}
