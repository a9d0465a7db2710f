/**
 * `npm run generate` makes the fragment from upstream and overlay, and types and limits from the fragment.
 * `npm run generate -- --check` writes nothing and exits with 1 if a file is not what it would make now.
 */
import { ROOT } from "./spec/files.ts";
import { generate } from "./spec/generate.ts";
import { OverlayError } from "./spec/overlay.ts";

async function main(): Promise<number> {
  const check = process.argv.includes("--check");
  const unknown = process.argv.slice(2).find((argument) => argument !== "--check");
  if (unknown !== undefined) {
    console.error(`${unknown} is not known. Usage: npm run generate [-- --check]`);
    return 2;
  }
  const differing = await generate(ROOT, { write: !check });
  for (const file of differing) {
    if (check) console.error(`${file} is not what \`npm run generate\` makes now`);
    else console.log(`${file} written`);
  }
  return check && differing.length > 0 ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof OverlayError)) throw error;
  console.error(error.message);
  return 1;
});
