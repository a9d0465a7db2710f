import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const SRC = new URL("src/", ROOT);
const files = readdirSync(fileURLToPath(SRC), { recursive: true, encoding: "utf8" })
  .map((file) => `src/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".ts"));

/** What a source file imports or exports from: our own by path in the repository, others by name. */
function importsOf(file: string): string[] {
  const text = readFileSync(new URL(file, ROOT), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/ .*/g, "");
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier = ""]) =>
    specifier.startsWith(".")
      ? new URL(specifier, new URL(file, ROOT)).href.slice(ROOT.href.length)
      : specifier,
  );
}

/** A folder of src; also index.ts, generated/, each package and what Node has built in count as one. */
const folderOf = (path: string): string => path.replace(/^src\//, "").replace(/\/.*$|\.ts$|:.*$/g, "");

/** Which folder may import which, types included. Each arrow points down. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  index: ["client", "errors", "lib", "generated"],
  client: ["errors", "lib", "generated", "openapi-fetch"],
  session: ["errors", "lib"],
  sandbox: ["client", "errors", "lib", "generated", "node"],
  errors: ["lib"],
  lib: [],
};

test.each(files)("%s imports only from its own folder and those below it", (file) => {
  const folder = folderOf(file);
  const folders = importsOf(file).map(folderOf);
  expect(folders.filter((other) => other !== folder && !ARROWS[folder]?.includes(other))).toEqual([]);
});

test("every folder has its line in the table", () => {
  expect(Object.keys(ARROWS).sort()).toEqual([...new Set(files.map(folderOf))].sort());
});

test("no import runs in a circle", () => {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    expect(path).not.toContain(file);
    if (done.has(file)) return;
    for (const next of importsOf(file).filter((name) => files.includes(name))) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(done.size).toBe(files.length);
});

test("only the bindings know openapi-fetch, and few files know what is generated", () => {
  const outside = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !files.includes(name) && folderOf(name) !== "node")
      .map((name) => `${file}: ${name}`),
  );
  expect(outside.sort()).toEqual([
    "src/client/bindings.ts: generated/rooms-client-tokens.ts",
    "src/client/bindings.ts: openapi-fetch",
    "src/index.ts: generated/rooms-client-tokens.ts",
    "src/sandbox/token-api.ts: generated/limits.ts",
    "src/sandbox/token-api.ts: generated/rooms-client-tokens.ts",
  ]);
});

test("what the session reaches knows no API key and no room API", () => {
  const reached = new Set<string>();
  const walk = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const next of importsOf(file)) walk(next);
  };
  walk("src/session/index.ts");
  expect([...reached]).toContain("src/lib/abort.ts"); // the walk works
  for (const file of reached) {
    const code = readFileSync(new URL(file, ROOT), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    expect(code, file).not.toMatch(/TELNYX_API_KEY|apiKey|\/rooms\//);
  }
});
