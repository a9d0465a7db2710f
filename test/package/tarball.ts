import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Packs the repository, built anew, into a tarball inside `dir`, and gives its path. */
export function packInto(dir: string): string {
  npm(ROOT, "pack", "--pack-destination", dir);
  const [tarball] = readdirSync(dir).filter((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack made no tarball in ${dir}`);
  return join(dir, tarball);
}

/** Makes an empty project inside `dir` that has the tarball, and nothing else, installed. */
export function installInto(dir: string, tarball: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm(dir, "install", "--prefer-offline", tarball);
}

/** Adds the tarball to what is installed inside `dir`, without noting it in the lockfile there. */
export function installBeside(dir: string, tarball: string): void {
  npm(dir, "install", "--no-save", "--no-package-lock", "--no-bin-links", "--prefer-offline", tarball);
}

function npm(cwd: string, ...args: string[]): void {
  // npm is a .cmd on Windows, which only a shell starts.
  execFileSync("npm", [...args, "--no-audit", "--no-fund"], {
    cwd,
    stdio: "pipe",
    shell: process.platform === "win32",
  });
}
