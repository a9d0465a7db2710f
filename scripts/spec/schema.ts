/** One way to spell a schema: in the words of OpenAPI 3.1, and without an allOf where one schema says the same. */
import { asSet, equal, isObject, type Json, type JsonObject, listAt } from "./json.ts";

/** Says of a schema that one around it stands here again. */
export const RECURSIVE = "x-recursive";

/** Keywords that mean nothing at these values, so that leaving them out is the same. */
const SILENT: JsonObject = {
  ...{ deprecated: false, readOnly: false, uniqueItems: false, writeOnly: false },
  ...{ exclusiveMaximum: false, exclusiveMinimum: false, minItems: 0, minLength: 0, minProperties: 0 },
  ...{ additionalProperties: true, items: true, unevaluatedItems: true, unevaluatedProperties: true },
  ...{ enum: [], properties: {}, required: [] },
};
const BOUNDS = [
  ["minimum", "exclusiveMinimum"],
  ["maximum", "exclusiveMaximum"],
] as const;
/** Lists whose order says nothing. */
const SETS = ["required", "enum", "anyOf", "oneOf"];
/** Keywords that look at their neighbours: moved into another schema they mean something else. */
const LOOKS_ASIDE = (
  "additionalProperties contains else if maxContains minContains patternProperties prefixItems then " +
  "unevaluatedItems unevaluatedProperties"
).split(" ");

/** `own` has no prose, and its inner schemas are spelled already. */
export function spellSchema({ allOf, nullable, ...own }: JsonObject): JsonObject {
  for (const [bound, exclusive] of BOUNDS) {
    // OpenAPI 3.0 has `minimum: 10, exclusiveMinimum: true` where 3.1 has `exclusiveMinimum: 10`.
    if (own[exclusive] !== true) continue;
    own[exclusive] = own[bound] ?? false;
    delete own[bound];
  }
  for (const [keyword, value] of Object.entries(own)) {
    const silent = SILENT[keyword];
    if (equal(value, silent) || (silent === true && equal(value, {}))) delete own[keyword];
    else if (SETS.includes(keyword) && Array.isArray(value)) own[keyword] = asSet(value);
  }
  const schema = [allOf ?? []].flat().reduce<JsonObject>(withPart, own);
  const type = typeOf(schema, nullable === true);
  return type === undefined ? schema : { ...schema, type };
}

/** One type, or several in order with null at the end. */
function typeOf({ type, properties, items }: JsonObject, isNullable: boolean): Json | undefined {
  const types = [type ?? (properties ? "object" : items ? "array" : [])].flat();
  const named = asSet(types.filter((one) => one !== "null"));
  const orNull = types.includes("null") || (isNullable && types.length > 0) ? ["null"] : [];
  const [first, ...others] = [...named, ...orNull];
  return others.length > 0 ? [...named, ...orNull] : first;
}

/** What holds when both hold: one schema where that says the same, else with an allOf. */
function withPart(own: JsonObject, part: Json): JsonObject {
  const both = isObject(part) ? merged(own, part) : undefined;
  return both ?? { ...own, allOf: asSet([...listAt(own, "allOf"), part]) };
}

/** Undefined when one schema cannot say both: when they differ in anything but a bound. */
function merged(own: JsonObject, part: JsonObject): JsonObject | undefined {
  const isEmpty = [own, part].some((schema) => equal(schema, {}));
  if (!isEmpty && LOOKS_ASIDE.some((keyword) => keyword in own || keyword in part)) return undefined;
  const both = { ...own, ...part };
  for (const [keyword, had] of Object.entries(own)) {
    const value = both[keyword];
    if (equal(had, value)) continue;
    const isBound = typeof had === "number" && typeof value === "number";
    if (!isBound || !/min|max/i.test(keyword)) return undefined;
    both[keyword] = /min/i.test(keyword) ? Math.max(had, value) : Math.min(had, value);
  }
  return both;
}
