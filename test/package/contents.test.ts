import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
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

test("the tarball holds the sources, what tsc makes of each, the fragment and the papers, and nothing else", () => {
  const git = ["ls-files", "--cached", "--others", "--exclude-standard", "src", "generated"];
  const sources = execFileSync("git", git, { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const made = sources.flatMap((source) =>
    [".js", ".js.map", ".d.ts", ".d.ts.map"].map((end) => `dist/${source.replace(/\.ts$/, end)}`),
  );
  const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  expect([...files].sort()).toEqual(
    [...papers, "openapi/rooms-client-tokens.yaml", ...sources, ...made].sort(),
  );
});

test("with its dependencies it takes less than 0.7 MB on disk", () => {
  const all = readdirSync(join(inject("project"), "node_modules"), { recursive: true, withFileTypes: true });
  const sizes = all
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`on disk: ${bytes} bytes`);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(700_000);
});

test("every map leads to a source that is shipped", () => {
  const maps = files.filter((file) => file.endsWith(".map"));
  for (const file of maps) {
    const map = JSON.parse(readFileSync(join(installed, file), "utf8"));
    const missing = map.sources.filter(
      (source: string) => !existsSync(join(installed, dirname(file), source)),
    );
    expect(missing, file).toEqual([]);
    expect(map.sources, file).toHaveLength(1);
  }
  expect(maps).not.toEqual([]);
});

test("no declaration mentions openapi-fetch, whose own need TypeScript 5.4", () => {
  const mentioning = files.filter(
    (file) =>
      file.endsWith(".d.ts") &&
      /(from|import\() ?"openapi-fetch"/.test(readFileSync(join(installed, file), "utf8")),
  );
  expect(mentioning).toEqual([]);
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
  expect(stdout).toContain('"telnyx-room-tokens/session"');
  expect(status, stdout).toBe(0);
});
