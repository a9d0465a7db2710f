/** One way to spell a schema: in the words of OpenAPI 3.1, and put together of others only where it must be. */
import { createRequire } from "node:module";
import { asSet, equal, isObject, type Json, type JsonObject, listAt, words } from "./json.ts";

type MergeAllOf = (schema: JsonObject, options: object) => JsonObject;
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
const isApart = (schema: JsonObject) => Object.keys(schema).some((keyword) => APART.has(keyword));

/** `schema` has no prose, and its inner schemas are spelled already. */
export function spellSchema({ allOf = [], nullable, ...schema }: JsonObject): JsonObject {
  const own = spellAlone(schema);
  const parts = [allOf].flat();
  for (const choice of ["anyOf", "oneOf"]) {
    const [only, ...others] = listAt(own, choice);
    if (only === undefined || others.length > 0) continue;
    delete own[choice];
    parts.push(only);
  }
  const all = [own, ...(asSet(parts.flatMap(partsOf)) as JsonObject[])];
  const [first = {}, ...others] = all.filter((part) => !equal(part, {}));
  const whole = merged([first, ...others]) ?? {
    ...first,
    allOf: asSet([...listAt(first, "allOf"), ...others]),
  };
  if (nullable !== true || whole["type"] === undefined) return whole;
  return spellAlone({ ...whole, type: [whole["type"], "null"].flat() });
}

/** An allOf in an allOf, laid flat. */
function partsOf(part: Json): Json[] {
  const { allOf = [], ...own }: JsonObject = isObject(part) ? part : { not: {} };
  return isApart(own) ? [part] : [own, ...[allOf].flat()];
}

/** One schema that says what all say, if there is one. */
function merged(schemas: JsonObject[]): JsonObject | undefined {
  if (schemas.length === 1) return schemas[0];
  // The library would lose a member of this name.
  if (schemas.some(isApart) || JSON.stringify(schemas).includes('"__proto__"')) return undefined;
  try {
    return spellAlone(mergeAllOf({ allOf: schemas }, { deep: false, resolvers: RESOLVERS }));
  } catch {
    return undefined;
  }
}

/** Where two patterns or two choices meet, the library's own answer is wrong, or very long: no answer makes it throw. */
const single = ([one, ...others]: Json[]) => (others.length > 0 ? undefined : one);
const RESOLVERS = {
  anyOf: single,
  oneOf: single,
  not: single,
  pattern: single,
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
  spellBound(own, "minimum", "exclusiveMinimum", 1, isInteger);
  spellBound(own, "maximum", "exclusiveMaximum", -1, isInteger);
  return isInteger ? spellInteger(own) : own;
}

/** Without what its bounds say anyhow. */
function spellInteger({ multipleOf, format, ...own }: JsonObject): JsonObject {
  const [, bits] = /^int(32|64)$/.exec(String(format)) ?? [];
  const furthest = Math.max(-Number(own["minimum"]), Number(own["maximum"]));
  if (multipleOf !== undefined && multipleOf !== 1) own["multipleOf"] = multipleOf;
  if (format !== undefined && !(furthest < 2 ** (Number(bits) - 1))) own["format"] = format;
  return own;
}

/** An integer over 9 is one from 10; in OpenAPI 3.0 `exclusiveMinimum: true` says how `minimum` is meant. */
function spellBound(
  own: JsonObject,
  bound: string,
  exclusive: string,
  sign: 1 | -1,
  isInteger: boolean,
): void {
  const { [bound]: limit, [exclusive]: given } = own;
  const beyond = given === true ? limit : given;
  if (given === true) delete own[bound];
  if (isInteger || typeof given === "boolean") delete own[exclusive];
  if (typeof beyond !== "number") return;
  if (!isInteger) own[exclusive] = beyond;
  else own[bound] = sign * Math.max(Math.floor(sign * beyond) + 1, sign * Number(limit ?? beyond)) + 0;
}
