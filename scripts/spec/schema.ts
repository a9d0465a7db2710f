/** One way to spell a schema: in the words of OpenAPI 3.1, and put together of others only where it must be. */
import { createRequire } from "node:module";
import { asSet, equal, isObject, type Json, type JsonObject, listAt, words } from "./json.ts";

type MergeAllOf = (schema: JsonObject, options: object) => JsonObject;
const require = createRequire(import.meta.url);
const mergeAllOf: MergeAllOf = require("@stoplight/json-schema-merge-allof");

/** Stands for a schema that contains itself, in the place inside. */
export const RECURSIVE = "x-recursive";
/** Keywords that change their meaning when they are put beside others. */
const APART = words(
  `allOf contains dependentSchemas else if maxContains minContains prefixItems then unevaluatedItems ` +
    `unevaluatedProperties ${RECURSIVE}`,
);
/** Lists whose order says nothing. */
const SETS = ["anyOf", "enum", "oneOf", "required", "type"];
const isApart = (schema: JsonObject) => Object.keys(schema).some((keyword) => APART.has(keyword));

/** `schema` has no prose, and its inner schemas are spelled already. */
export function spellSchema({ allOf = [], nullable, ...schema }: JsonObject): JsonObject {
  const isNullable = nullable === true;
  const own = orNull(spellAlone(schema), isNullable);
  // A choice of one is none.
  const choices = ["anyOf", "oneOf"].filter((choice) => listAt(own, choice).length === 1);
  const parts = asSet([allOf, ...choices.map((choice) => own[choice] ?? [])].flat(2).flatMap(partsOf));
  for (const choice of choices) delete own[choice];
  // The type that may also be null may be that of a part.
  return orNull(together([own, ...parts].filter((part) => !equal(part, {})) as JsonObject[]), isNullable);
}

function orNull(schema: JsonObject, isNullable: boolean): JsonObject {
  const { type } = schema;
  return isNullable && type !== undefined ? spellAlone({ ...schema, type: [type, "null"].flat() }) : schema;
}

/** An allOf in an allOf, laid flat. */
function partsOf(part: Json): Json[] {
  const { allOf = [], ...own }: JsonObject = isObject(part) ? part : { not: {} };
  return isApart(own) ? [part] : [own, ...[allOf].flat()];
}

/** One schema that says what all say: without an allOf if possible. */
function together([first = {}, ...others]: JsonObject[]): JsonObject {
  if (others.length === 0) return first;
  const all = [first, ...others];
  try {
    // The library would lose a member called __proto__.
    if (!all.some(isApart) && !JSON.stringify(all).includes('"__proto__"'))
      return spellAlone(mergeAllOf({ allOf: all }, { deep: false, resolvers: RESOLVERS }));
  } catch {
    // They contradict each other, or the library knows no way to say both.
  }
  return { ...first, allOf: asSet([...listAt(first, "allOf"), ...others]) };
}

const single = ([one, ...others]: Json[]) => (others.length > 0 ? undefined : one);
/** Where two patterns or two choices meet, the library's own answer is wrong, or very long; without one it throws. */
const RESOLVERS = {
  ...Object.fromEntries(["anyOf", "oneOf", "not", "pattern"].map((keyword) => [keyword, single])),
  default: ([own]: Json[]) => own,
};

/** `own` without any allOf. */
function spellAlone({ const: only, ...own }: JsonObject): JsonObject {
  if ("properties" in own) own["type"] ??= "object";
  if (only !== undefined) own = "enum" in own ? { ...own, const: only } : { ...own, enum: [only] };
  for (const keyword of SETS) if (Array.isArray(own[keyword])) own[keyword] = asSet(listAt(own, keyword));
  // YAML reads a bare null in a list as null, not as the type of that name.
  const [type, ...others] = listAt(own, "type").map(String);
  if (type !== undefined) own["type"] = others.length === 0 ? type : [type, ...others];
  const isInteger = /^integer(,null)?$/.test(String(own["type"]));
  spellBound(own, "minimum", isInteger);
  spellBound(own, "maximum", isInteger);
  return isInteger ? spellInteger(own) : own;
}

/** Without what its bounds say already. */
function spellInteger(own: JsonObject): JsonObject {
  const [, bits] = /^int(32|64)$/.exec(String(own["format"])) ?? [];
  const furthest = Math.max(-Number(own["minimum"]), Number(own["maximum"]));
  if (furthest < 2 ** (Number(bits) - 1)) delete own["format"];
  if (own["multipleOf"] === 1) delete own["multipleOf"];
  return own;
}

/** An integer over 9 is one from 10; in OpenAPI 3.0 `exclusiveMinimum: true` says how `minimum` is meant. */
function spellBound(own: JsonObject, bound: "minimum" | "maximum", isInteger: boolean): void {
  const [exclusive, sign] = bound === "minimum" ? ["exclusiveMinimum", 1] : ["exclusiveMaximum", -1];
  const { [bound]: limit, [exclusive]: given } = own;
  const beyond = given === true ? limit : given;
  if (given === true) delete own[bound];
  if (isInteger || typeof given === "boolean") delete own[exclusive];
  if (typeof beyond !== "number") return;
  if (!isInteger) own[exclusive] = beyond;
  else own[bound] = sign * Math.max(Math.floor(sign * beyond) + 1, sign * Number(limit ?? beyond)) + 0;
}
