import { parseArgs } from "node:util";
import { FORMATS, type Format } from "./report.ts";
import { Unusable } from "./unusable.ts";

export const USAGE = `usage: npm run spec:pull -- <file or URL> [--format ${FORMATS.join("|")}]`;

/**
 * The document to pull and the format of the report; undefined where the usage is asked for.
 *
 * @throws Unusable with the usage, for any other arguments.
 */
export function pullArguments(args: string[]): { source: string; format: Format } | undefined {
  const options = { format: { type: "string", default: "text" }, help: { type: "boolean" } } as const;
  const { positionals, values } = parseArgs({ args, allowPositionals: true, strict: false, options });
  if (values.help) return undefined;
  const [source, ...more] = positionals;
  const isKnown = Object.keys(values).every((name) => name === "format");
  const format = FORMATS.find((one) => one === values.format);
  if (source === undefined || format === undefined || more.length > 0 || !isKnown) throw new Unusable(USAGE);
  return { source, format };
}
