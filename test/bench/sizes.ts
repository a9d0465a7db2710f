/** What the package weighs: in a page, installed, for the compiler, and to read. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { type Summary, summary } from "./calls.ts";

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

/** What installing brings: a package itself and all that it depends on. */
export interface Installed {
  readonly bytes: number;
  readonly packages: number;
}

/** What installing the packed tarball brings. */
export function ourselvesInstalled(): Installed {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const shell = process.platform === "win32";
  const { stdout } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", shell });
  return withDependencies(JSON.parse(stdout)[0].unpackedSize, ROOT);
}

/** What installing a package brings. */
export function installed(name: string): Installed {
  const folder = `${HERE}node_modules/${name}`;
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sizes = entries.map((file) => statSync(`${folder}/${file}`)).filter((entry) => entry.isFile());
  return withDependencies(
    sizes.reduce((sum, { size }) => sum + size, 0),
    folder,
  );
}

function withDependencies(bytes: number, folder: string): Installed {
  const { dependencies = {} } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const all = [{ bytes, packages: 1 }, ...Object.keys(dependencies).map(installed)];
  return all.reduce((sum, one) => ({ bytes: sum.bytes + one.bytes, packages: sum.packages + one.packages }));
}

/** Lines of code in src, and in what a call of the client names first: without blank lines and comments. */
export function countLines(): { src: number; facade: number } {
  const files = readdirSync(`${ROOT}/src`, { recursive: true, encoding: "utf8" });
  const src = linesOf(files.filter((file) => file.endsWith(".ts")));
  return { src, facade: linesOf(["client/client.ts", "client/bindings.ts"]) };
}

function linesOf(files: readonly string[]): number {
  return files
    .flatMap((file) => readFileSync(`${ROOT}/src/${file}`, "utf8").split("\n"))
    .filter((line) => !/^\s*(?:$|\/\/|\/?\*)/.test(line)).length;
}

/** What the compiler has to do for a file that makes one call. */
export interface TypeCheck {
  readonly seconds: Summary;
  readonly files: number;
  readonly instantiations: number;
}

const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const OPTIONS =
  "--noEmit --strict --skipLibCheck --target es2022 --lib es2022,dom,dom.iterable --module nodenext --extendedDiagnostics";

/** Type-checks the file of a contestant in one-call/, as often as asked. */
export function measureTypeCheck(name: string, rounds: number): TypeCheck {
  // one-call/ has no packages, so that no ambient types of the project come in.
  const args = [TSC, ...OPTIONS.split(" "), "--typeRoots", `${HERE}one-call`, `${HERE}one-call/${name}.ts`];
  const outputs = Array.from({ length: rounds }, () => {
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`the call of ${name} does not compile:\n${stdout}`);
    return stdout;
  });
  const read = (output: string | undefined, what: string): number =>
    Number(new RegExp(`^${what}:\\s+([\\d.]+)`, "m").exec(output ?? "")?.[1]);
  return {
    seconds: summary(outputs.map((output) => read(output, "Total time"))),
    files: read(outputs[0], "Files"),
    instantiations: read(outputs[0], "Instantiations"),
  };
}
