/**
 * `npm run spec:pull -- <file or URL> [--format text|markdown]` brings openapi/upstream.json up to a Telnyx
 * document and reports what changed. Exit status: 0 nothing, 1 something, 2 the document cannot be used.
 *
 *   file or URL
 *     │  spec/pull.ts          reads it, at most 32 MiB, JSON or YAML
 *     ▼
 *   document
 *     │  spec/operations.ts    finds create and refresh, and where they are on the wire
 *     │  spec/facts.ts         drops prose and follows references; openapi-core says what stands where
 *     │  spec/schema.ts        says each schema in one way, that of OpenAPI 3.1
 *     │  spec/normal-form.ts   says who may call it, and puts all together
 *     ▼
 *   normal form  ──  openapi/upstream.json is the one of the last pull
 *     │  spec/changes.ts       what differs between the two, as data, and what of it breaks callers
 *     ▼
 *   changes
 *     │  spec/report.ts        puts them in words
 *     ▼
 *   report, and the new openapi/upstream.json (spec/pull.ts)
 */
import { pullArguments, USAGE } from "./spec/arguments.ts";
import { ROOT } from "./spec/files.ts";
import { pull } from "./spec/pull.ts";
import { report } from "./spec/report.ts";
import { Unusable } from "./spec/unusable.ts";

async function main(): Promise<number> {
  const given = pullArguments(process.argv.slice(2));
  if (given === undefined) {
    console.log(USAGE);
    return 0;
  }
  const { changes, notes } = await pull(ROOT, given.source);
  process.stdout.write(report(given.format, given.source, changes, notes));
  return changes.length > 0 ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  // A fault of ours is no change either.
  console.error(error instanceof Unusable ? `spec:pull: ${error.message}` : error);
  return 2;
});
