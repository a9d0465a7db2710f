import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, inject, test } from "vitest";
import { ambientNames } from "./ambient-names.ts";

const project = inject("project");

/** Bundles a module of the empty project as a page would get it. */
async function bundle(source: string, minify: boolean): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: source, resolveDir: project },
    bundle: true,
    write: false,
    minify,
    platform: "browser",
    format: "esm",
    target: "es2022",
    legalComments: "none",
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]?.text ?? "";
}

/** The budgets of the bench, too. */
const ENTRIES = [
  { entry: "telnyx-room-tokens", maxBytes: 9_300 },
  { entry: "telnyx-room-tokens/session", maxBytes: 8_000 },
];

/** What the two may take from their platform; what belongs to a page is only looked for. */
const AMBIENT = [
  ...["AbortController", "DOMException", "TextDecoder", "URL", "atob", "clearTimeout", "performance"],
  ...["setTimeout", "globalThis.fetch", "globalThis.navigator", "globalThis.performance"],
  ...[
    "globalThis.process",
    "globalThis.Request",
    "globalThis.document",
    "globalThis.window",
    "globalThis.reportError",
  ],
  // openapi-fetch names these; our calls come by none of them but URLSearchParams.
  ...["FormData", "Headers", "Request", "Response", "URLSearchParams", "process"],
  ...["document", "window", "reportError"],
];

test.each(ENTRIES)(
  "$entry stays within $maxBytes bytes, minified and zipped, dependencies included",
  async ({ entry, maxBytes }) => {
    const bytes = gzipSync(await bundle(`export * from "${entry}";`, true), { level: 9 }).byteLength;
    console.log(`${entry}: ${bytes} bytes min+gzip`);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
  },
);

test.each(ENTRIES)("$entry takes nothing from its platform but what is listed", async ({ entry }) => {
  const file = join(project, `${entry.replace("/", "-")}.bundle.js`);
  writeFileSync(file, await bundle(`export * from "${entry}";`, false));
  const names = ambientNames(file);
  expect(names).toContain("setTimeout");
  expect(names.filter((name) => !AMBIENT.includes(name))).toEqual([]);
});

test.each(ENTRIES)("an import of $entry that is not used leaves nothing in the bundle", async ({ entry }) => {
  expect(await bundle(`import * as unused from "${entry}";`, true)).toBe("");
});
