import { asSet, equal, isObject, type Json, type JsonObject } from "./json.ts";
import { resolve, type Source } from "./refs.ts";

/** Prose and bookkeeping: they say nothing about what goes over the wire. */
const NO_FACT = new Set(
  "$anchor $comment $defs $id $schema definitions description example examples externalDocs title xml".split(
    " ",
  ),
);

/** Keywords that mean nothing at this value, so that leaving them out is the same. */
const SILENT = new Map<string, Json>([
  ["additionalProperties", true],
  ["deprecated", false],
  ["exclusiveMaximum", false],
  ["exclusiveMinimum", false],
  ["minItems", 0],
  ["minLength", 0],
  ["minProperties", 0],
  ["nullable", false],
  ["readOnly", false],
  ["unevaluatedProperties", true],
  ["uniqueItems", false],
  ["writeOnly", false],
]);

const ONE_SCHEMA = new Set("additionalProperties contains else if items not propertyNames then".split(" "));
const SCHEMA_LIST = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const SCHEMA_MAP = new Set(["dependentSchemas", "patternProperties", "properties"]);

/**
 * A schema's normal form: the facts alone, every `$ref` inlined, in the words of OpenAPI 3.1, and only one way
 * to say each of them.
 */
export function normalSchema(source: Source, schema: Json, trail: readonly string[] = []): Json {
  if (schema === true) return {};
  if (!isObject(schema)) return schema;
  if (typeof schema["$ref"] === "string") {
    const { $ref: _, ...beside } = schema;
    const target = resolve(source, schema, trail);
    const parts = [normalSchema(source, target.value, target.trail)];
    if (!source.isVersion30) parts.push(normalSchema(source, beside, trail));
    return allOf(parts);
  }
  const facts: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (NO_FACT.has(keyword) || keyword.startsWith("x-")) continue;
    const normal = normalKeyword(source, keyword, value, trail);
    if (!equal(normal, SILENT.get(keyword))) facts[keyword] = normal;
  }
  return spellOneWay(facts);
}

function normalKeyword(source: Source, keyword: string, value: Json, trail: readonly string[]): Json {
  const normal = (schema: Json) => normalSchema(source, schema, trail);
  if (ONE_SCHEMA.has(keyword)) {
    const schema = normal(value);
    return keyword === "additionalProperties" && equal(schema, {}) ? true : schema;
  }
  if (SCHEMA_LIST.has(keyword) && Array.isArray(value)) {
    const schemas = value.map(normal);
    return keyword === "prefixItems" ? schemas : asSet(schemas);
  }
  if (SCHEMA_MAP.has(keyword) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, normal(schema)]));
  }
  if (keyword === "required" || keyword === "enum") return Array.isArray(value) ? asSet(value) : [];
  return value;
}

/** Of several ways to say the same, the one that OpenAPI 3.1 and its readers like best. */
function spellOneWay(facts: JsonObject): Json {
  const { allOf: parts, const: only, nullable, ...rest } = facts;
  if (Array.isArray(parts)) {
    const own = {
      ...rest,
      ...(only === undefined ? {} : { const: only }),
      ...(nullable ? { nullable } : {}),
    };
    const merged = allOf([...parts, own]);
    return isObject(merged) && merged["allOf"] === undefined ? spellOneWay(merged) : merged;
  }
  if (only !== undefined) rest["enum"] = [only];
  for (const list of ["required", "enum"]) if (equal(rest[list], [])) delete rest[list];
  if (equal(rest["properties"], {})) delete rest["properties"];
  spellType(rest, nullable === true);
  spellBound(rest, "exclusiveMinimum", "minimum");
  spellBound(rest, "exclusiveMaximum", "maximum");
  return spellChoice(rest);
}

function spellType(facts: JsonObject, nullable: boolean): void {
  if (facts["type"] === undefined && isObject(facts["properties"])) facts["type"] = "object";
  if (facts["type"] === undefined && facts["items"] !== undefined) facts["type"] = "array";
  if (facts["type"] === undefined) return;
  const types = [facts["type"], nullable ? "null" : []].flat().filter((type) => type !== "null");
  const isNullable = nullable || [facts["type"]].flat().includes("null");
  const all = isNullable ? [...asSet(types), "null"] : asSet(types);
  facts["type"] = all.length === 1 && all[0] !== undefined ? all[0] : all;
}

/** OpenAPI 3.0 had `minimum: 10, exclusiveMinimum: true` where 3.1 says `exclusiveMinimum: 10`. */
function spellBound(facts: JsonObject, exclusive: string, inclusive: string): void {
  if (facts[exclusive] !== true) return;
  delete facts[exclusive];
  if (facts[inclusive] === undefined) return;
  facts[exclusive] = facts[inclusive];
  delete facts[inclusive];
}

/** A choice of one is no choice, and a choice between a type and null is a nullable type. */
function spellChoice(facts: JsonObject): Json {
  for (const keyword of ["anyOf", "oneOf"]) {
    const choices = facts[keyword];
    if (!Array.isArray(choices)) continue;
    const real = choices.filter((choice) => !equal(choice, { type: "null" }));
    const [only] = real;
    if (real.length !== 1 || !isObject(only)) continue;
    if (real.length < choices.length && only["type"] === undefined) continue;
    const { [keyword]: _, ...beside } = facts;
    const nullable: JsonObject = real.length < choices.length ? { nullable: true } : {};
    return spellOneWay({ ...beside, allOf: [{ ...only, ...nullable }] });
  }
  return facts;
}

/** All of them at once: as one schema where that says the same, else as they are. */
function allOf(parts: readonly Json[]): Json {
  const told = asSet(parts.filter((part) => !equal(part, {})));
  const [first, ...others] = told;
  if (first === undefined) return {};
  let merged: Json | undefined = first;
  for (const other of others) merged = merged === undefined ? undefined : mergeTwo(merged, other);
  return merged ?? { allOf: told };
}

/** Keywords that look at their neighbours: moved into another schema they mean something else. */
const LOOKS_ASIDE = [
  "additionalProperties",
  "unevaluatedProperties",
  "patternProperties",
  "if",
  "oneOf",
  "anyOf",
];

function mergeTwo(a: Json, b: Json): Json | undefined {
  if (!isObject(a) || !isObject(b)) return undefined;
  if (LOOKS_ASIDE.some((keyword) => a[keyword] !== undefined || b[keyword] !== undefined)) return undefined;
  const merged: JsonObject = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const both = mergeKeyword(keyword, merged[keyword], value);
    if (both === undefined) return undefined;
    merged[keyword] = both;
  }
  return merged;
}

function mergeKeyword(keyword: string, a: Json | undefined, b: Json): Json | undefined {
  if (a === undefined || equal(a, b)) return b;
  if (keyword === "required" && Array.isArray(a) && Array.isArray(b)) return asSet([...a, ...b]);
  if (keyword === "properties" && isObject(a) && isObject(b)) {
    const properties: JsonObject = { ...a };
    for (const [name, schema] of Object.entries(b)) {
      const had = properties[name];
      const both = had === undefined ? schema : mergeTwo(had, schema);
      if (both === undefined) return undefined;
      properties[name] = both;
    }
    return properties;
  }
  return undefined;
}
