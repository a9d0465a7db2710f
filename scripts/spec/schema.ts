/** One way to spell a schema: in the words of OpenAPI 3.1, and without an allOf where one schema says the same. */
import { asSet, equal, isObject, type Json, type JsonObject, listAt, words } from "./json.ts";

/** Says of a schema that it is one of those that it is a part of. */
export const RECURSIVE = "$recursive";

/** Lists whose order says nothing. */
const SETS = ["enum", "required", "type"];
/** Keywords that mean the same in whatever schema they stand. */
const FREE = words(
  "default deprecated enum format maximum maxItems maxLength minimum minItems minLength multipleOf pattern " +
    "properties readOnly required type writeOnly",
);

/** `own` has no prose, and its inner schemas are spelled already. */
export function spellSchema({ allOf = [], nullable, ...own }: JsonObject): JsonObject {
  if ("properties" in own && own["type"] === undefined) own["type"] = "object";
  for (const keyword of SETS) {
    const value = own[keyword];
    if (Array.isArray(value)) own[keyword] = asSet(value);
  }
  const [type, ...others] = listAt(own, "type");
  if (type !== undefined && others.length === 0) own["type"] = type;
  const schema = [allOf].flat().reduce<JsonObject>(withPart, own);
  if (nullable !== true || schema["type"] === undefined) return schema;
  return { ...schema, type: asSet([schema["type"], "null"].flat()) };
}

/** What holds when both hold: one schema where that says the same, else with an allOf. */
function withPart(own: JsonObject, part: Json): JsonObject {
  const both = isObject(part) ? merged(own, part) : undefined;
  return both ?? { ...own, allOf: [...listAt(own, "allOf"), part] };
}

/** Undefined when one schema cannot say both: when they differ in anything but a bound. */
function merged(own: JsonObject, part: JsonObject): JsonObject | undefined {
  const both = { ...own, ...part };
  if (equal(own, {}) || equal(part, {})) return both;
  for (const keyword of Object.keys(both)) {
    if (!FREE.has(keyword)) return undefined;
    const [one = null, other = null] = [own[keyword] ?? both[keyword], both[keyword]];
    if (equal(one, other)) continue;
    if (typeof one !== "number" || typeof other !== "number" || !/^(min|max)/.test(keyword)) return undefined;
    both[keyword] = keyword.startsWith("min") ? Math.max(one, other) : Math.min(one, other);
  }
  return both;
}
