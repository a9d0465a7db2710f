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
import { parseArgs } from "node:util";
import { ROOT } from "./spec/files.ts";
import { pull } from "./spec/pull.ts";
import { FORMATS, report } from "./spec/report.ts";
import { Unusable } from "./spec/unusable.ts";

const USAGE = `usage: npm run spec:pull -- <file or URL> [--format ${FORMATS.join("|")}]`;

async function main(): Promise<number> {
  const options = { format: { type: "string", default: "text" }, help: { type: "boolean" } } as const;
  const { positionals, values } = parseArgs({ allowPositionals: true, strict: false, options });
  const [source, ...more] = [...positionals, ...Object.keys(values).filter((name) => name !== "format")];
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const format = FORMATS.find((one) => one === values.format);
  if (source === undefined || format === undefined || more.length > 0) throw new Unusable(USAGE);
  const { changes, notes } = await pull(ROOT, source);
  process.stdout.write(report(format, source, changes, notes));
  return changes.length > 0 ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  // A fault of ours is no change either.
  console.error(error instanceof Unusable ? `spec:pull: ${error.message}` : error);
  return 2;
});
