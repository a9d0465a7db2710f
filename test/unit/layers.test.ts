import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const withoutComments = (code: string) => code.replace(/\/\*[\s\S]*?\*\/|\/\/ .*/g, "");

const files = readdirSync(fileURLToPath(new URL("src", ROOT)), { recursive: true, encoding: "utf8" })
  .map((file) => `src/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".ts"));

/** What each source file imports or exports from, types included: our own by path, others by name. */
const imports = new Map(
  files.map((file) => {
    const specifiers = withoutComments(read(file)).matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g);
    const pathOf = (specifier: string) =>
      specifier.startsWith(".")
        ? new URL(specifier, new URL(file, ROOT)).href.slice(ROOT.href.length)
        : specifier;
    return [file, [...specifiers].map(([, specifier = ""]) => pathOf(specifier))];
  }),
);

/** A folder of src; also index.ts, generated/, each package and what Node has built in count as one. */
const folderOf = (path: string): string => path.replace(/^src\//, "").replace(/\/.*$|\.ts$|:.*$/g, "");

/** Which folder may import which: the table of CONTRIBUTING.md, by rows such as "| `errors/` | … | lib |". */
const [, table = ""] = read("CONTRIBUTING.md").split("| folder | does | imports |\n");
const arrows = new Map(
  [...(table.split("\n\n")[0] ?? "").matchAll(/^\| `(\w+)[^`]*` \|.*\| ([^|]+) \|$/gm)].map(
    ([, folder = "", others = ""]) => [folder, others.split(", ")],
  ),
);

/** These files, all that they import, and so on. */
function reachedFrom(start: Iterable<string>): Set<string> {
  const reached = new Set(start);
  // A set also goes through what is added on the way.
  for (const file of reached) for (const next of imports.get(file) ?? []) reached.add(next);
  return reached;
}

test("every folder has its row in the table", () => {
  expect([...arrows.keys()].sort()).toEqual([...new Set(files.map(folderOf))].sort());
});

test.each(files)("%s imports only from its own folder and those that its row names", (file) => {
  const own = folderOf(file);
  const folders = imports.get(file)?.map(folderOf);
  expect(folders?.filter((other) => other !== own && !arrows.get(own)?.includes(other))).toEqual([]);
});

test("no import runs in a circle, neither between folders nor between files", () => {
  expect(
    [...arrows.keys()].filter((folder) =>
      arrows.get(folder)?.some((other) => arrows.get(other)?.includes(folder)),
    ),
  ).toEqual([]);
  expect(files.filter((file) => reachedFrom(imports.get(file) ?? []).has(file))).toEqual([]);
});

test("only the bindings know openapi-fetch, and few files know what is generated", () => {
  const outside = [...imports].flatMap(([file, names]) =>
    names.filter((name) => !imports.has(name) && folderOf(name) !== "node").map((name) => `${file}: ${name}`),
  );
  expect(outside.sort()).toEqual([
    "src/client/bindings.ts: generated/rooms-client-tokens.ts",
    "src/client/bindings.ts: openapi-fetch",
    "src/index.ts: generated/rooms-client-tokens.ts",
    "src/sandbox/token-api.ts: generated/limits.ts",
    "src/sandbox/token-api.ts: generated/rooms-client-tokens.ts",
  ]);
});

test("no file that the session reaches names an API key or the path of a room", () => {
  const reached = reachedFrom(["src/session/index.ts"]);
  expect(reached).toContain("src/lib/abort.ts"); // what is imported by an import
  for (const file of reached)
    expect(withoutComments(read(file)), file).not.toMatch(/TELNYX_API_KEY|apiKey|\/rooms\//);
});
