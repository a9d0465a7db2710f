import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Change, changesBetween } from "./changes.ts";
import { FILES, readObject } from "./files.ts";
import type { JsonObject } from "./json.ts";
import { normalForm } from "./normal-form.ts";
import { readDocument } from "./read.ts";

/** What a pull found out. */
export interface Pulled {
  readonly changes: readonly Change[];
  /** What a reviewer should know beside the changes. */
  readonly notes: readonly string[];
}

/**
 * Brings `upstream.json` below `root` up to the document at `source`, a file or a URL.
 *
 * @throws Unusable when the document cannot be used; `upstream.json` is untouched then.
 */
export async function pull(root: string, source: string): Promise<Pulled> {
  const path = join(root, FILES.upstream);
  const before = await normalForm(await readObject(path));
  const document = await readDocument(source);
  const after = await normalForm(document);
  const changes = changesBetween(before, after);
  await writeFile(path, upstreamText(after));
  const version = String(Object(document)["openapi"]);
  // It says nothing else about what the two operations use, but it may say more.
  return { changes, notes: version.startsWith("3.2.") ? [`OpenAPI ${version} is read like 3.1`] : [] };
}

/** A normal form as it is written to `upstream.json`. */
export function upstreamText(normal: JsonObject): string {
  return `${JSON.stringify(normal, null, 2)}\n`;
}
