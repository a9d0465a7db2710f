import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseYaml } from "@redocly/openapi-core";
import { type Change, changesBetween } from "./changes.ts";
import { FILES, readObject } from "./files.ts";
import { type Json, type JsonObject, ownAt } from "./json.ts";
import { normalForm } from "./normal-form.ts";
import { Unusable } from "./unusable.ts";

/** Telnyx's document was 0.5 MB in 2019 and is 7 MB now. */
export const MAX_BYTES: number = 32 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * Brings `upstream.json` below `root` up to the document at `source`, a file or a URL. Returns what changed, and what
 * a reviewer should know besides.
 *
 * @throws Unusable when the document cannot be used; `upstream.json` is untouched then.
 */
export async function pull(root: string, source: string): Promise<{ changes: Change[]; notes: string[] }> {
  const path = join(root, FILES.upstream);
  const before = normalForm(await readObject(path));
  const document = parseDocument(await textAt(source));
  const after = normalForm(document);
  const changes = changesBetween(before, after);
  await writeFile(path, upstreamText(after));
  const version = String(ownAt(document, "openapi"));
  // What the two operations use is the same in 3.2, but a document may say more in it.
  const notes = version.startsWith("3.2.") ? [`OpenAPI ${version} is read like 3.1`] : [];
  return { changes, notes };
}

/** A normal form as it is written to `upstream.json`. */
export function upstreamText(normal: JsonObject): string {
  return `${JSON.stringify(normal, null, 2)}\n`;
}

export function parseDocument(text: string): Json {
  const isJson = /^\s*[{[]/.test(text);
  try {
    return isJson ? JSON.parse(text) : (parseYaml(text) as Json);
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new Unusable(`this is no ${isJson ? "JSON" : "YAML"}: ${reason}`);
  }
}

async function textAt(source: string): Promise<string> {
  const read = /^https?:\/\//i.test(source) ? download : readFile;
  const bytes = await read(source).catch(({ message, cause }: Error) => {
    throw new Unusable(`cannot read ${source}: ${cause instanceof Error ? cause.message : message}`);
  });
  if (bytes.byteLength <= MAX_BYTES) return new TextDecoder().decode(bytes);
  throw new Unusable(`the document is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
}

async function download(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.ok) return response.arrayBuffer();
  throw new Error(`the server responded with status ${response.status}`);
}
