import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = new URL("../../src/", import.meta.url);
const files = readdirSync(fileURLToPath(SRC), { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));

/** What a source file imports or exports from, types included: our own by path under src, others by name. */
function importsOf(file: string): string[] {
  const text = readFileSync(new URL(file, SRC), "utf8");
  return [...text.matchAll(/^(?:import|export|\}) ?[^"';]*? ?from "([^"]+)";$/gm)].map(
    ([, specifier = ""]) =>
      specifier.startsWith(".")
        ? new URL(specifier, new URL(file, SRC)).href.slice(SRC.href.length)
        : specifier,
  );
}

function reachableFrom(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file) || !files.includes(file)) return known.add(file);
  known.add(file);
  for (const next of importsOf(file)) reachableFrom(next, known);
  return known;
}

test("the session reaches no API key and no option of the client by its imports", () => {
  const reached = reachableFrom("session/index.ts");
  expect([...reached]).toContain("transport.ts"); // the walk works
  for (const file of ["client.ts", "options.ts"]) {
    expect([...reached]).not.toContain(file);
  }
  for (const file of [...reached].filter((name) => files.includes(name))) {
    expect(readFileSync(new URL(file, SRC), "utf8"), file).not.toMatch(/TELNYX_API_KEY|missingApiKey/);
  }
});

test("only the bindings know openapi-fetch and the generated types", () => {
  const knowing = files.filter((file) =>
    importsOf(file).some((from) => from === "openapi-fetch" || from.includes("generated")),
  );
  expect(knowing).toEqual(["bindings.ts"]);
});

test("the source imports nothing else from outside", () => {
  const outside = files.flatMap(importsOf).filter((from) => !from.endsWith(".ts"));
  expect(new Set(outside)).toEqual(new Set(["openapi-fetch"]));
});
