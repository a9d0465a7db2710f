import openapiTypescript, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { stringify } from "yaml";
import { FILES } from "./files.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { applyOverlay, OverlayError } from "./overlay.ts";

/** What people look for first comes first; all else keeps the order it has. */
const FIRST = (
  "openapi info servers paths operationId code title version name in summary description type format " +
  "minimum maximum default required parameters requestBody responses security headers content schema properties " +
  "token token_expires_at example examples"
).split(" ");

const HEADER = ` ${FILES.upstream} + ${FILES.overlay}, made by \`npm run generate\`. Do not edit.\n`;

/**
 * The fragment: what upstream states and what our overlay adds, as YAML for people and tools to read. It quotes
 * what a YAML 1.1 reader would take for a date or a boolean.
 */
export async function makeFragment(upstream: JsonObject, overlay: Json): Promise<string> {
  const fragment = readable(await applyOverlay(upstream, overlay));
  return `#${HEADER}${stringify(fragment, { schema: "yaml-1.1", lineWidth: 110, aliasDuplicateObjects: false })}`;
}

/**
 * The TypeScript types of the fragment, as openapi-typescript's own command line would write them.
 *
 * @throws OverlayError when there are none, such as where the overlay refers to nothing.
 */
export async function makeTypes(fragment: string): Promise<string> {
  try {
    const nodes = await openapiTypescript(fragment, { defaultNonNullable: false, silent: true });
    return `${COMMENT_HEADER}${astToString(nodes)}`;
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new OverlayError(
      `openapi-typescript makes no types of the fragment (${reason}): correct it in ${FILES.overlay}`,
    );
  }
}

function readable(value: Json): Json {
  if (Array.isArray(value)) return value.map(readable);
  if (!isObject(value)) return value;
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  const entries = Object.entries(value).map(([key, member]): [string, Json] => [key, readable(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a) - rank(b)));
}
