import { readFile, stat } from "node:fs/promises";
import { parseYaml } from "@redocly/openapi-core";
import { Unusable } from "./facts.ts";
import type { Json } from "./json.ts";

/** Telnyx's document was 0.5 MB in 2019 and is 7 MB now. */
export const MAX_BYTES: number = 32 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * Reads a document, JSON or YAML, from a file or an http(s) URL.
 *
 * @throws Unusable when there is none, it is too large, or neither JSON nor YAML.
 */
export async function readDocument(source: string): Promise<Json> {
  try {
    const bytes = /^https?:\/\//i.test(source) ? await download(source) : await readBounded(source);
    return parseDocument(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof Unusable) throw error;
    const cause = (error as Error).cause instanceof Error ? (error as Error).cause : error;
    throw new Unusable(`cannot read ${source}: ${(cause as Error).message}`);
  }
}

export function parseDocument(text: string): Json {
  const isJson = /^\s*[{[]/.test(text);
  try {
    return isJson ? JSON.parse(text) : (parseYaml(text) as Json);
  } catch (error) {
    const { reason = "syntax error", mark } = error as { reason?: string; mark?: { line: number } };
    const place = mark === undefined ? "" : `, line ${mark.line + 1}`;
    throw new Unusable(isJson ? "this is no JSON: syntax error" : `this is no YAML: ${reason}${place}`);
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw tooLarge();
  return readFile(path);
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Unusable(`${url} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Unusable {
  return new Unusable(`the document is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
}
