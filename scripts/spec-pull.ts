/**
 * `npm run spec:pull -- <file or URL> [--format text|markdown|json]` brings openapi/upstream.json up to a Telnyx
 * document and reports what changed. Exit status: 0 nothing, 1 something, 2 the document cannot be used.
 *
 *   file or URL
 *     │  spec/read.ts          reads it, at most 32 MiB, JSON or YAML
 *     ▼
 *   document
 *     │  spec/operations.ts    finds create and refresh
 *     │  spec/facts.ts         keeps what they state, follows references, drops prose
 *     │  spec/schema.ts        says each schema in one way, that of OpenAPI 3.1
 *     │  spec/normal-form.ts   puts both together, with their servers and security
 *     ▼
 *   normal form  ──  openapi/upstream.json is the one of the last pull
 *     │  spec/view.ts          each operation as it is compared
 *     │  spec/changes.ts       what differs between the two, as data
 *     │  spec/breaking.ts      which of it breaks callers
 *     ▼
 *   changes
 *     │  spec/report.ts        puts them in words
 *     ▼
 *   report, and the new openapi/upstream.json (spec/pull.ts)
 */
import { parseArgs } from "node:util";
import { Unusable } from "./spec/facts.ts";
import { ROOT } from "./spec/files.ts";
import { pull } from "./spec/pull.ts";
import { FORMATS, report } from "./spec/report.ts";

const USAGE = `usage: npm run spec:pull -- <file or URL> [--format ${FORMATS.join("|")}]`;

function readArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { format: { type: "string", default: "text" } },
    });
    const [source, ...more] = positionals;
    const format = FORMATS.find((one) => one === values.format);
    if (source !== undefined && more.length === 0 && format !== undefined) return { source, format };
  } catch {
    // An option that there is not.
  }
  throw new Unusable(USAGE);
}

async function main(): Promise<number> {
  const { source, format } = readArguments();
  const { changes, notes } = await pull(ROOT, source);
  process.stdout.write(report(format, source, changes, notes));
  return changes.length > 0 ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof Unusable)) throw error;
  console.error(`spec:pull: ${error.message}`);
  return 2;
});
