import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = new URL("../../src/", import.meta.url);
const files = readdirSync(fileURLToPath(SRC), { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));

interface Import {
  /** Our own by path under src, others by name. */
  readonly from: string;
  readonly typesOnly: boolean;
}

/** What a source file imports or exports from. */
function importsOf(file: string): Import[] {
  const text = readFileSync(new URL(file, SRC), "utf8");
  return [...text.matchAll(/^(import|export) (type )?[^"';]*?from "([^"]+)";$/gm)].map(
    ([, , type, specifier = ""]) => ({
      from: specifier.startsWith(".") ? pathOf(new URL(specifier, new URL(file, SRC))) : specifier,
      typesOnly: type !== undefined,
    }),
  );
}

/** By its path under src, or, outside of it, in the repository. */
function pathOf({ href }: URL): string {
  const base = href.startsWith(SRC.href) ? SRC : new URL("..", SRC);
  return href.slice(base.href.length);
}

/** A folder is one layer; so is a file at the top. */
const layerOf = (file: string): string => file.replace(/\/.*$|\.ts$/g, "");

/** Which layer may import which. "type x": its types alone. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  index: ["client", "options", "params", "grants", "errors", "type transport"],
  client: ["call", "bindings", "options", "params", "grants"],
  call: ["options", "grants", "transport", "errors", "checks", "abort", "deadline", "values"],
  bindings: ["transport"],
  options: ["checks", "platform", "errors", "type transport"],
  params: ["checks"],
  transport: ["errors", "deadline", "platform"],
  session: ["grants", "errors", "checks", "abort", "deadline", "platform", "values"],
  checks: ["errors", "values"],
  errors: ["platform", "values"],
  grants: ["values"],
  deadline: ["abort"],
  abort: [],
  platform: [],
  values: [],
};

test.each(files)("%s imports only from the layers below it", (file) => {
  const layer = layerOf(file);
  for (const { from, typesOnly } of importsOf(file).filter(({ from }) => files.includes(from))) {
    if (layerOf(from) === layer) continue;
    const allowed = ARROWS[layer] ?? [];
    const arrow = `${layer} -> ${typesOnly && !allowed.includes(layerOf(from)) ? "type " : ""}${layerOf(from)}`;
    expect(allowed.map((name) => `${layer} -> ${name}`)).toContain(arrow);
  }
});

test("every layer has its line in the table, and no arrow of the table goes in a circle", () => {
  expect(Object.keys(ARROWS).sort()).toEqual([...new Set(files.map(layerOf))].sort());
  const below = (layer: string, path: string[]): void => {
    expect(path).not.toContain(layer);
    for (const next of ARROWS[layer] ?? []) below(next.replace("type ", ""), [...path, layer]);
  };
  for (const layer of Object.keys(ARROWS)) below(layer, []);
});

test("only the bindings know openapi-fetch, and besides the exported type paths only they know generated/", () => {
  const outside = files.flatMap((file) =>
    importsOf(file)
      .filter(({ from }) => !files.includes(from))
      .map(({ from, typesOnly }) => `${file}: ${typesOnly ? "type " : ""}${from}`),
  );
  expect(outside.sort()).toEqual([
    "bindings.ts: openapi-fetch",
    "bindings.ts: type generated/rooms-client-tokens.ts",
    "index.ts: type generated/rooms-client-tokens.ts",
  ]);
});

test("what the session reaches knows no API key and no room API", () => {
  const reached = new Set<string>();
  const walk = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { from } of importsOf(file)) walk(from);
  };
  walk("session/index.ts");
  expect([...reached]).toContain("deadline.ts"); // the walk works
  for (const file of [...reached].filter((name) => name !== "platform.ts")) {
    const code = readFileSync(new URL(file, SRC), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    expect(code, file).not.toMatch(/TELNYX_API_KEY|apiKey|\/rooms\//);
  }
});
