import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
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

test("the tarball holds the build, the sources, their declarations, the fragment and the papers, and nothing else", () => {
  const git = ["ls-files", "--cached", "--others", "--exclude-standard", "src", "generated"];
  const listed = execFileSync("git", git, { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const sources = listed.filter((file) => file.endsWith(".ts"));
  const modules = ["index", "sandbox", "session", "shared"].flatMap((name) => [
    `dist/${name}.js`,
    `dist/${name}.js.map`,
  ]);
  const declarations = sources.flatMap((source) =>
    [".d.ts", ".d.ts.map"].map((end) => `dist/types/${source.replace(/\.ts$/, end)}`),
  );
  const docs = readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`);
  const papers = ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "package.json", ...docs];
  expect([...files].sort()).toEqual(
    [...papers, "openapi/rooms-client-tokens.yaml", ...sources, ...modules, ...declarations].sort(),
  );
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

const read = (file: string) => readFileSync(join(installed, file), "utf8");

test("every module and every declaration has a map, which leads to sources that are shipped", () => {
  const mapped = files.filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file));
  for (const file of mapped) {
    const [, name = ""] = /\n\/\/# sourceMappingURL=(.+)\s*$/.exec(read(file)) ?? [];
    const { sources } = JSON.parse(read(join(dirname(file), name)));
    expect(sources, file).not.toEqual([]);
    const missing = sources.filter((source: string) => !existsSync(join(installed, dirname(file), source)));
    expect(missing, file).toEqual([]);
  }
  expect(mapped).not.toEqual([]);
});

test("no public declaration leads to another package: those of openapi-fetch need TypeScript 5.4", () => {
  const { exports } = JSON.parse(read("package.json"));
  const reached = new Set([".", "./session", "./sandbox"].map((entry) => join(exports[entry].types)));
  const packages: string[] = [];
  // A set also goes through what is added on the way.
  for (const file of reached) {
    const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(read(file));
    packages.push(...typeReferenceDirectives.map(({ fileName }) => fileName));
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith(".")) reached.add(join(dirname(file), fileName.replace(/\.ts$/, ".d.ts")));
      else packages.push(fileName);
    }
  }
  expect(packages).toEqual([]);
  expect([...reached]).toContain(join("dist/types/generated/rooms-client-tokens.d.ts"));
});

test("publint has nothing to say, not even a suggestion", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test("Are The Types Wrong finds none, for an ESM-only package", () => {
  const attw = fileURLToPath(
    import.meta.resolve("@arethetypeswrong/cli/package.json").replace("package.json", "dist/index.js"),
  );
  const args = [
    attw,
    inject("tarball"),
    "--profile=esm-only",
    "--no-definitely-typed",
    "--format=ascii",
    "--no-color",
  ];
  args.push("--exclude-entrypoints", "./openapi/rooms-client-tokens.yaml");
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  for (const entry of ["session", "sandbox"]) expect(stdout).toContain(`"telnyx-room-tokens/${entry}"`);
  expect(status, stdout).toBe(0);
});
