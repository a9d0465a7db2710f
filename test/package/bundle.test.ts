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

/** What both entries take from their platform. */
const BOTH = ["AbortController", "clearTimeout", "setTimeout", "globalThis.performance"];

/** Each entry with its bound in a page, which is that of bench/budgets.json, and what else it may take. */
const ENTRIES = [
  {
    entry: "telnyx-room-tokens",
    maxBytes: 10_800,
    ambient: [
      ...BOTH,
      ...["TextDecoder", "URL", "Request", "globalThis.fetch", "globalThis.navigator", "globalThis.process"],
      // openapi-fetch names these; our calls need Headers and FormData alone (test/unit/platforms.test.ts).
      ...["FormData", "Headers", "Response", "URLSearchParams", "globalThis.Request", "process"],
    ],
  },
  {
    entry: "telnyx-room-tokens/session",
    maxBytes: 8_500,
    ambient: [
      ...BOTH,
      ...["atob", "Request"],
      ...["globalThis.document", "globalThis.fetch", "globalThis.reportError", "globalThis.window"],
      ...["globalThis.addEventListener", "globalThis.navigator"],
    ],
  },
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

test("the client alone stays within 9,900 bytes, and has nothing of createTokenResponse", async () => {
  const source = await bundle('export { RoomTokenClient } from "telnyx-room-tokens";', true);
  expect(source).not.toContain("requestBody");
  const bytes = gzipSync(source, { level: 9 }).byteLength;
  console.log(`the client alone: ${bytes} bytes min+gzip`);
  expect(bytes).toBeLessThanOrEqual(9_900);
});

test.each(ENTRIES)(
  "$entry takes nothing from its platform but what is listed",
  async ({ entry, ambient }) => {
    const file = join(project, `${entry.replace("/", "-")}.bundle.js`);
    writeFileSync(file, await bundle(`export * from "${entry}";`, false));
    expect(ambientNames(file)).toEqual([...ambient].sort());
  },
);

test.each(ENTRIES)("an import of $entry that is not used leaves nothing in the bundle", async ({ entry }) => {
  expect(await bundle(`import * as unused from "${entry}";`, true)).toBe("");
});
