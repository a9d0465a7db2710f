/** One way to spell a schema: in the words of OpenAPI 3.1, and put together of others only where it must be. */
import { createRequire } from "node:module";
import { asSet, equal, isObject, type Json, type JsonObject, listAt, words } from "./json.ts";

type MergeAllOf = (schema: JsonObject, options: object) => Json;
const mergeAllOf: MergeAllOf = createRequire(import.meta.url)("@stoplight/json-schema-merge-allof");

/** Says of a schema that it is one of those that it is a part of. */
export const RECURSIVE = "x-recursive";
/** Keywords that change their meaning when they are put beside others. */
const APART = words(
  `allOf contains dependentSchemas else if maxContains minContains prefixItems then unevaluatedItems ` +
    `unevaluatedProperties ${RECURSIVE}`,
);
/** Lists whose order says nothing. */
const SETS = ["anyOf", "enum", "oneOf", "required", "type"];
/** A lower bound that any value keeps. */
const NO_BOUND = ["minItems", "minLength", "minProperties"];
/** How far from zero the integers of a format go. */
const REACH = new Map<Json | undefined, number>([
  ["int32", 2 ** 31],
  ["int64", 2 ** 63],
]);

/** `schema` has no prose, and its inner schemas are spelled already. */
export function spellSchema({ allOf = [], nullable, ...schema }: JsonObject): JsonObject {
  const own = spellAlone(nullable === true ? orNull(schema) : schema);
  const parts = [allOf].flat().flatMap(partsOf);
  for (const choice of ["anyOf", "oneOf"]) {
    const [only, ...others] = listAt(own, choice);
    if (!isObject(only) || others.length > 0) continue;
    delete own[choice];
    parts.push(...partsOf(only));
  }
  const whole = asSet(parts).reduce(withPart, own) as JsonObject;
  // What one round puts together may fit with what is left.
  if ("allOf" in whole) return equal(whole["allOf"], allOf) ? whole : spellSchema(whole);
  return nullable === true ? spellAlone(orNull(whole)) : whole;
}

function orNull(schema: JsonObject): JsonObject {
  return schema["type"] === undefined ? schema : { ...schema, type: [schema["type"], "null"].flat() };
}

/** An allOf in an allOf, laid flat. */
function partsOf(part: Json): Json[] {
  const { allOf, ...own }: JsonObject = isObject(part) ? part : {};
  const isFlat = allOf === undefined || Object.keys(own).some((keyword) => APART.has(keyword));
  return isFlat ? [part] : [own, ...[allOf].flat()];
}

/** What holds when both hold: one schema where that says the same, else with an allOf. */
function withPart(own: Json, part: Json): Json {
  const both = isObject(own) && isObject(part) ? merged(own, part) : undefined;
  return both ?? { ...Object(own), allOf: [...listAt(own, "allOf"), part] };
}

/** Undefined when one schema cannot say both. */
function merged(own: JsonObject, part: JsonObject): JsonObject | undefined {
  if (equal(own, {})) return part;
  if (equal(part, {}) || equal(own, part)) return own;
  const isApart = Object.keys({ ...own, ...part }).some((keyword) => APART.has(keyword));
  // The library would lose a member of this name.
  if (isApart || JSON.stringify([own, part]).includes('"__proto__"')) return undefined;
  try {
    const both = mergeAllOf({ allOf: [own, part] }, { deep: false, resolvers: RESOLVERS });
    return isObject(both) ? spellAlone(both) : undefined;
  } catch {
    return undefined;
  }
}

const cannot = () => undefined;
/** Where two patterns or two choices meet, the library's own answer is wrong, or very long. */
const RESOLVERS = {
  anyOf: cannot,
  oneOf: cannot,
  pattern: cannot,
  default: ([own]: Json[]) => own,
  not: (values: Json[]) => (values.length > 1 ? undefined : values[0]),
};

/** `own` without any allOf. */
function spellAlone({ const: only, ...own }: JsonObject): JsonObject {
  if ("properties" in own) own["type"] ??= "object";
  if (only !== undefined) own = "enum" in own ? { ...own, const: only } : { ...own, enum: [only] };
  for (const keyword of SETS) if (Array.isArray(own[keyword])) own[keyword] = asSet(listAt(own, keyword));
  // YAML reads a bare null in a list as null, not as the type of that name.
  const [type, ...others] = listAt(own, "type").map(String);
  if (type !== undefined) own["type"] = others.length === 0 ? type : [type, ...others];
  for (const keyword of NO_BOUND) if (own[keyword] === 0) delete own[keyword];
  return spellNumbers(own);
}

function spellNumbers(own: JsonObject): JsonObject {
  const isInteger = equal(asSet([own["type"] ?? [], "null"].flat()), ["integer", "null"]);
  spellBound(own, "minimum", isInteger);
  spellBound(own, "maximum", isInteger);
  if (isInteger && own["multipleOf"] === 1) delete own["multipleOf"];
  const reach = isInteger ? (REACH.get(own["format"]) ?? 0) : 0;
  const isAbove = Number(own["minimum"] ?? -reach) > -reach;
  if (isAbove && Number(own["maximum"] ?? reach) < reach) delete own["format"];
  return own;
}

/** An integer over 9 is one from 10; in OpenAPI 3.0 `exclusiveMinimum: true` says how `minimum` is meant. */
function spellBound(own: JsonObject, bound: "minimum" | "maximum", isInteger: boolean): void {
  const [exclusive, sign] = bound === "minimum" ? ["exclusiveMinimum", 1] : ["exclusiveMaximum", -1];
  const { [bound]: limit, [exclusive]: given } = own;
  if (typeof given === "boolean") delete own[exclusive];
  if (given === true) delete own[bound];
  const beyond = given === true ? limit : given;
  if (typeof beyond !== "number") return;
  if (isInteger) delete own[exclusive];
  else own[exclusive] = beyond;
  const next = Math.floor(sign * beyond) + 1;
  if (isInteger) own[bound] = sign * Math.max(next, typeof limit === "number" ? sign * limit : next) + 0;
}
