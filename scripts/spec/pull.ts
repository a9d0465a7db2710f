import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Change, changesBetween } from "./changes.ts";
import { FILES, readObject } from "./files.ts";
import { type JsonObject, ownAt } from "./json.ts";
import { normalForm } from "./normal-form.ts";
import { readDocument } from "./read.ts";

/**
 * Brings `upstream.json` below `root` up to the document at `source`, a file or a URL. Returns what changed, and what
 * a reviewer should know besides.
 *
 * @throws Unusable when the document cannot be used; `upstream.json` is untouched then.
 */
export async function pull(root: string, source: string): Promise<{ changes: Change[]; notes: string[] }> {
  const path = join(root, FILES.upstream);
  const before = normalForm(await readObject(path));
  const document = await readDocument(source);
  const after = normalForm(document);
  await writeFile(path, upstreamText(after));
  const version = String(ownAt(document, "openapi"));
  // It says nothing else about what the two operations use, but it may say more.
  const notes = version.startsWith("3.2.") ? [`OpenAPI ${version} is read like 3.1`] : [];
  return { changes: changesBetween(before, after), notes };
}

/** A normal form as it is written to `upstream.json`. */
export function upstreamText(normal: JsonObject): string {
  return `${JSON.stringify(normal, null, 2)}\n`;
}
