import { isObject, type Json, type JsonObject } from "./json.ts";

/** The document cannot be used; the message says why. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}

/** A document and how its `$ref`s are followed. */
export interface Source {
  readonly document: JsonObject;
  /** In OpenAPI 3.0 whatever stands beside a `$ref` does not count. */
  readonly isVersion30: boolean;
}

/** What a reference leads to, and the references followed on the way there. */
export interface Resolved {
  readonly value: Json;
  readonly trail: readonly string[];
}

/** Follows `$ref`s until something else is reached. `trail` holds those already being followed. */
export function resolve(source: Source, value: Json, trail: readonly string[] = []): Resolved {
  if (!isObject(value) || typeof value["$ref"] !== "string") return { value, trail };
  const ref = value["$ref"];
  if (trail.includes(ref)) throw new Unusable(`$ref "${ref}" leads back to itself`);
  return resolve(source, lookUp(source.document, ref), [...trail, ref]);
}

function lookUp(document: JsonObject, ref: string): Json {
  if (ref !== "#" && !ref.startsWith("#/")) throw new Unusable(`$ref "${ref}" points outside the document`);
  let node: Json | undefined = document;
  for (const part of ref.split("/").slice(1)) {
    const key = unescapePointer(part);
    node = (isObject(node) || Array.isArray(node)) && Object.hasOwn(node, key) ? at(node, key) : undefined;
  }
  if (node === undefined) throw new Unusable(`$ref "${ref}" leads nowhere`);
  return node;
}

function at(node: Json[] | JsonObject, key: string): Json | undefined {
  return Array.isArray(node) ? node[Number(key)] : node[key];
}

function unescapePointer(part: string): string {
  const plain = part.replaceAll("~1", "/").replaceAll("~0", "~");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
