import { createReadStream } from "node:fs";
import { parseYaml } from "@redocly/openapi-core";
import type { Json } from "./json.ts";
import { Unusable } from "./unusable.ts";

/** Telnyx's document was 0.5 MB in 2019 and is 7 MB now. */
export const MAX_BYTES: number = 32 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * Reads a document, JSON or YAML, from a file or an http(s) URL.
 *
 * @throws Unusable when there is none, it is too large, or neither JSON nor YAML.
 */
export async function readDocument(source: string): Promise<Json> {
  const isUrl = /^https?:\/\//i.test(source);
  try {
    return parseDocument(await textOf(isUrl ? await download(source) : createReadStream(source)));
  } catch (error) {
    if (error instanceof Unusable) throw error;
    const { message, cause } = error as Error;
    throw new Unusable(`cannot read ${source}: ${cause instanceof Error ? cause.message : message}`);
  }
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

async function download(url: string): Promise<AsyncIterable<Uint8Array>> {
  const { ok, status, body } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!ok || body === null) throw new Unusable(`${url} answered ${status}`);
  return body;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Unusable(`the document is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
  }
  return new TextDecoder().decode(Buffer.concat(read));
}
