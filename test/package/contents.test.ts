import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript-5.9";
import { expect, inject, test } from "vitest";
import { ROOT } from "./tarball.ts";

const installed = join(inject("project"), "node_modules/telnyx-room-tokens");
const files = readdirSync(installed, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(installed.length + 1)
      .replaceAll("\\", "/"),
  );

const read = (file: string) => readFileSync(join(installed, file), "utf8");

/** The declarations that the entries lead to. */
function publicDeclarations(): Set<string> {
  const { exports } = JSON.parse(read("package.json"));
  const entries = [".", "./session", "./sandbox"].map((entry) => posix.normalize(exports[entry].types));
  const reached = new Set(entries);
  // A set also goes through what is added on the way.
  for (const file of reached) {
    for (const { fileName } of ts.preProcessFile(read(file)).importedFiles) {
      const declaration = fileName.replace(/\.ts$/, ".d.ts");
      if (fileName.startsWith(".")) reached.add(posix.join(posix.dirname(file), declaration));
    }
  }
  return reached;
}

/** Of the sandbox neither sources nor maps are packed. */
const isOfSandbox = (file: string) => /sandbox|command/.test(file);
const withMap = (file: string) => (isOfSandbox(file) ? [file] : [file, `${file}.map`]);

test("the tarball holds the build, the sources, the public declarations, the fragment and the papers, and nothing else", () => {
  const git = ["ls-files", "--cached", "--others", "--exclude-standard", "src", "generated"];
  const listed = execFileSync("git", git, { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const sources = listed.filter((file) => file.endsWith(".ts") && !isOfSandbox(file));
  const modules = ["command", "index", "sandbox", "session", "shared"].flatMap((name) =>
    withMap(`dist/${name}.js`),
  );
  const declarations = [...publicDeclarations()].flatMap((file) => withMap(file));
  const docs = readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`);
  const papers = ["AGENTS.md", "CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", ...docs];
  const others = ["package.json", "examples/room-page/words.js", "openapi/rooms-client-tokens.yaml"];
  expect([...files].sort()).toEqual([...papers, ...others, ...sources, ...modules, ...declarations].sort());
});

test("with its dependencies it takes less than 0.8 MB on disk", () => {
  const all = readdirSync(join(inject("project"), "node_modules"), { recursive: true, withFileTypes: true });
  const sizes = all
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`on disk: ${bytes} bytes`);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(800_000);
});

test("every module and every declaration but the sandbox's has a map, which leads to sources that are shipped", () => {
  const mapped = files.filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file) && !isOfSandbox(file));
  for (const file of mapped) {
    const [, name = ""] = /\n\/\/# sourceMappingURL=(.+)\s*$/.exec(read(file)) ?? [];
    const { sources } = JSON.parse(read(join(dirname(file), name)));
    expect(sources, file).not.toEqual([]);
    const missing = sources.filter((source: string) => !existsSync(join(installed, dirname(file), source)));
    expect(missing, file).toEqual([]);
  }
  expect(mapped).not.toEqual([]);
});

test("no public declaration leads to another package: neither Node's types nor openapi-fetch's are there for all", () => {
  const packages = [...publicDeclarations()].flatMap((file) => {
    const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(read(file));
    const names = [...importedFiles, ...typeReferenceDirectives].map(({ fileName }) => fileName);
    return names.filter((name) => !name.startsWith("."));
  });
  expect(packages).toEqual([]);
});

test("publint has nothing to say, not even a suggestion", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test("Are The Types Wrong finds none, for an ESM-only package", () => {
  const attw = fileURLToPath(
    import.meta.resolve("@arethetypeswrong/cli/package.json").replace("package.json", "dist/index.js"),
  );
  const quiet = ["--no-definitely-typed", "--format=ascii", "--no-color"];
  const scope = ["--profile=esm-only", "--exclude-entrypoints", "./openapi/rooms-client-tokens.yaml"];
  // The exclusions come last: they take every word that follows.
  const args = [attw, inject("tarball"), ...quiet, ...scope];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  for (const entry of ["session", "sandbox"]) expect(stdout).toContain(`"telnyx-room-tokens/${entry}"`);
  expect(status, stdout).toBe(0);
});
