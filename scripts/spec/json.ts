import { isDeepStrictEqual } from "node:util";
import { pointerToPath } from "@stoplight/json";

/** What a JSON document is made of; YAML is read into the same. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a node itself has at a key: a name may be one that every object inherits, such as `constructor`. */
export function ownAt(node: Json | undefined, key: string): Json | undefined {
  return Object.hasOwn(Object(node), key) ? Object(node)[key] : undefined;
}

/** The object at `key`, or an empty one: most parts of an OpenAPI document may be left out. */
export function objectAt(parent: Json | undefined, key: string): JsonObject {
  const value = ownAt(parent, key);
  return isObject(value) ? value : {};
}

export function listAt(parent: Json | undefined, key: string): Json[] {
  const value = ownAt(parent, key);
  return Array.isArray(value) ? value : [];
}

/** What a reference within the document, such as "#/components/schemas/Error", points at. */
export function lookUp(document: JsonObject, ref: string): Json | undefined {
  if (!ref.startsWith("#/")) return undefined;
  return pointerToPath(ref).reduce<Json | undefined>((node, key) => ownAt(node, String(key)), document);
}

/** The same value with the keys of every object in order, so that equal facts are equal bytes. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, Json] => [key, sorted(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const equal: (a: Json | undefined, b: Json | undefined) => boolean = isDeepStrictEqual;

/** A list whose order says nothing: without doubles and in a fixed order. */
export function asSet(values: readonly Json[]): Json[] {
  const texts = new Set(values.map((value) => JSON.stringify(sorted(value))));
  return [...texts].sort().map((text) => JSON.parse(text));
}

/** The words of a text that has spaces between them. */
export const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
