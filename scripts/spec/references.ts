import { unescapePointer } from "@redocly/openapi-core";
import { equal, isObject, type Json, type JsonObject } from "./json.ts";
import { RECURSIVE } from "./schema.ts";

/**
 * A copy in which every `$ref` stands alone, so that what it points at can take its place. In OpenAPI 3.1 what
 * stands beside the `$ref` of a schema adds to it, as in an allOf; anything else beside one does not count.
 */
export function withPlainReferences(document: JsonObject, isVersion30: boolean): JsonObject {
  const copy = (node: Json): Json => {
    if (Array.isArray(node)) return node.map(copy);
    return isObject(node) ? plain(node) : node;
  };
  const plain = (node: JsonObject): JsonObject => {
    const entries = Object.entries(node).map(([key, value]) => [key, copy(value)]);
    const { $ref, allOf = [], ...beside }: JsonObject = Object.fromEntries(entries);
    if (typeof $ref !== "string") return Object.fromEntries(entries);
    if (isCircular(document, $ref)) return { [RECURSIVE]: true };
    const isSchema = !/^#\/components\/(?!schemas\/)/.test($ref);
    if (isVersion30 || !isSchema || equal([beside, allOf], [{}, []])) return { $ref };
    return { ...beside, allOf: [{ $ref }, ...[allOf].flat()] };
  };
  return plain(document);
}

/** Whether a reference leads back to itself, and to nothing else. */
function isCircular(document: JsonObject, ref: string, followed: Set<string> = new Set()): boolean {
  const target = lookUp(document, ref);
  const next = isObject(target) ? target["$ref"] : undefined;
  return followed.has(ref) || (typeof next === "string" && isCircular(document, next, followed.add(ref)));
}

/** What a `$ref` points at; undefined when there is nothing. Nothing outside the document is ever read. */
export function lookUp(document: JsonObject, ref: string): Json | undefined {
  const keys = /^#(\/|$)/.test(ref) ? ref.split("/").slice(1) : [""];
  return keys.map(unescapePointer).reduce<Json | undefined>((node, key) => {
    const has = Object(node);
    return Object.hasOwn(has, key) ? has[key] : undefined;
  }, document);
}
