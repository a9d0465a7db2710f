/** What a JSON document is made of; YAML is read into the same. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object at `key`, or an empty one: most parts of an OpenAPI document may be left out. */
export function objectAt(parent: Json | undefined, key: string): JsonObject {
  const value = isObject(parent) ? parent[key] : undefined;
  return isObject(value) ? value : {};
}

export function listAt(parent: Json | undefined, key: string): Json[] {
  const value = isObject(parent) ? parent[key] : undefined;
  return Array.isArray(value) ? value : [];
}

/** The same value with the keys of every object in order, so that equal facts are equal bytes. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, Json] => [key, sorted(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** A list whose order says nothing: without doubles and in a fixed order. */
export function asSet(values: readonly Json[]): Json[] {
  const byText = new Map(values.map((value) => [JSON.stringify(sorted(value)), value]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** The words of a text that has spaces between them. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** The keys at which two objects differ, with both values. */
export function differingKeys(one: JsonObject, other: JsonObject) {
  const [before, after] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return [...new Map([...before, ...after]).keys()]
    .map((key) => [key, before.get(key), after.get(key)] as const)
    .filter(([, was, is]) => !equal(was, is));
}
