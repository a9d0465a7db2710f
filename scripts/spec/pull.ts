import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Change } from "./change.ts";
import { changesBetween } from "./changes.ts";
import { FILES } from "./files.ts";
import type { JsonObject } from "./json.ts";
import { normalForm } from "./normal-form.ts";
import { parseDocument, readDocument } from "./read.ts";
import { Unusable } from "./refs.ts";

/**
 * Brings `upstream.json` below `root` up to the document at `source`, a file or a URL; returns what changed.
 *
 * @throws Unusable when the document cannot be used; `upstream.json` is untouched then.
 */
export async function pull(root: string, source: string): Promise<Change[]> {
  const path = join(root, FILES.upstream);
  const before = normalForm(parseDocument(await readFile(path, "utf8")));
  const document = await readDocument(source);
  try {
    const after = normalForm(document);
    const changes = changesBetween(before, after);
    await writeFile(path, upstreamText(after));
    return changes;
  } catch (error) {
    // A YAML alias may stand inside what it stands for.
    throw error instanceof RangeError ? new Unusable("the document nests without end") : error;
  }
}

/** A normal form as it is written to `upstream.json`. */
export function upstreamText(normal: JsonObject): string {
  return `${JSON.stringify(normal, null, 2)}\n`;
}
