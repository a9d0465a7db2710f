/** One way to spell a schema: in the words of OpenAPI 3.1, and without allOf where one schema says the same. */
import { asSet, equal, isObject, type Json, type JsonObject } from "./json.ts";

/** Says that the schema around this place stands here again. */
export const RECURSIVE = "x-recursive";

/** Keywords that mean nothing at these values, so that leaving them out is the same. */
const SILENT = new Map(
  Object.entries({
    "deprecated exclusiveMaximum exclusiveMinimum nullable readOnly uniqueItems writeOnly": [false],
    "minItems minLength minProperties": [0],
    "additionalProperties items unevaluatedItems unevaluatedProperties": [true, {}],
    "enum properties required": [[], {}],
  }).flatMap(([keywords, values]) => keywords.split(" ").map((keyword) => [keyword, values] as const)),
);

/** Keywords that look at their neighbours: moved into another schema they mean something else. */
const LOOKS_ASIDE = ["additionalProperties", "contains", "if", "patternProperties", "prefixItems"];
const UNEVALUATED = ["unevaluatedItems", "unevaluatedProperties"];
const NEIGHBOURS = [...LOOKS_ASIDE, ...UNEVALUATED, "allOf", "anyOf", "items", "oneOf", "properties"];

/** `facts` are a schema without prose, whose inner schemas are spelled already. */
export function spellSchema(schema: JsonObject): Json {
  const { allOf: parts, const: only, nullable, ...facts } = schema;
  for (const list of ["required", "enum", "anyOf", "oneOf"]) {
    if (Array.isArray(facts[list])) facts[list] = asSet(facts[list]);
  }
  if (only !== undefined) facts["enum"] = [only];
  if (facts["type"] === undefined && facts["properties"] !== undefined) facts["type"] = "object";
  if (facts["type"] === undefined && facts["items"] !== undefined) facts["type"] = "array";
  spellBound(facts, "minimum", "exclusiveMinimum", 1);
  spellBound(facts, "maximum", "exclusiveMaximum", -1);
  for (const [keyword, value] of Object.entries(facts)) {
    if (SILENT.get(keyword)?.some((silent) => equal(value, silent))) delete facts[keyword];
  }
  for (const keyword of ["anyOf", "oneOf"]) {
    const { [keyword]: choices, ...beside } = facts;
    const one = onlyChoice(Array.isArray(choices) ? choices : []);
    const all = { ...beside, allOf: [...[parts ?? []].flat(), one ?? {}], nullable: nullable ?? false };
    if (one !== undefined) return spellSchema(all);
  }
  const whole = Array.isArray(parts) ? withParts(facts, parts) : facts;
  if (!isObject(whole)) return whole;
  // A part that did not fit in may fit now.
  const spelled = spellType(whole, nullable === true);
  return equal(spelled, schema) ? spelled : spellSchema(spelled);
}

/** OpenAPI 3.0 had `minimum: 10, exclusiveMinimum: true` where 3.1 says `exclusiveMinimum: 10`. */
function spellBound(facts: JsonObject, bound: string, exclusive: string, step: number): void {
  const value = facts[exclusive] === true ? facts[bound] : facts[exclusive];
  if (facts[exclusive] === true) delete facts[bound];
  if (typeof value !== "number") return void delete facts[exclusive];
  const isInteger = facts["type"] === "integer" && Number.isInteger(value) && facts[bound] === undefined;
  // An integer above 10 is at least 11.
  if (isInteger) delete facts[exclusive];
  facts[isInteger ? bound : exclusive] = isInteger ? value + step : value;
}

/** A choice of one is no choice, and a choice between a type and null is a nullable type. */
function onlyChoice(choices: readonly Json[]): Json | undefined {
  const [one, ...others] = choices.filter((choice) => !equal(choice, { type: "null" }));
  if (one === undefined || others.length > 0) return undefined;
  if (choices.length === 1) return one;
  return isObject(one) && one["type"] && !one["enum"] ? spellType(one, true) : undefined;
}

/** The types in order, null last. */
function spellType(facts: JsonObject, orNull: boolean): JsonObject {
  const types = [facts["type"] ?? []].flat();
  const choice = facts["anyOf"] ? "anyOf" : "oneOf";
  const choices = facts[choice];
  if (types.length === 0 && orNull && Array.isArray(choices)) {
    return { ...facts, [choice]: asSet([...choices, { type: "null" }]) };
  }
  if (types.length === 0) return orNull ? { ...facts, nullable: true } : facts;
  const all = asSet(types.filter((type) => type !== "null"));
  if (orNull || types.includes("null")) all.push("null");
  return { ...facts, type: all.length === 1 ? (all[0] ?? "null") : all };
}

/** A schema that says what both say. */
export function both(own: Json, part: Json): Json {
  if (!isObject(own) || !isObject(part)) return false;
  return spellSchema({ ...own, allOf: [part, ...[own["allOf"] ?? []].flat()] });
}

/** What holds when `own` holds and all of the parts: one schema where that says the same, else with an allOf. */
function withParts(own: JsonObject, parts: readonly Json[]): Json {
  if (parts.includes(false)) return false;
  const inner = parts.filter(isObject).flatMap(({ allOf, ...rest }) => [rest, ...[allOf ?? []].flat()]);
  const all = asSet(inner)
    .filter(isObject)
    .filter((part) => Object.keys(part).length > 0);
  const [only] = all;
  if (only !== undefined && all.length === 1 && Object.keys(own).length === 0) return only;
  let merged = own;
  const apart: JsonObject[] = [];
  for (const part of all) {
    const together = mergeTwo(merged, part);
    if (together === undefined) apart.push(part);
    else merged = together;
  }
  return apart.length > 0 ? { ...merged, allOf: apart } : merged;
}

/** Undefined when one schema cannot say both. */
function mergeTwo(own: JsonObject, part: JsonObject): JsonObject | undefined {
  const has = (schema: JsonObject, keywords: string[]) => keywords.some((one) => Object.hasOwn(schema, one));
  if (has(part, UNEVALUATED)) return undefined;
  if (has(own, LOOKS_ASIDE) && has(part, NEIGHBOURS)) return undefined;
  if (has(part, LOOKS_ASIDE) && has(own, NEIGHBOURS)) return undefined;
  const merged = { ...own };
  for (const [keyword, value] of Object.entries(part)) {
    const together = mergeKeyword(keyword, own[keyword], value);
    if (together === undefined) return undefined;
    merged[keyword] = together;
  }
  return merged;
}

/** Of two bounds the one that binds; what else differs only an allOf can say. */
function mergeKeyword(keyword: string, own: Json | undefined, part: Json): Json | undefined {
  if (own === undefined || equal(own, part)) return part;
  if (keyword === "default") return own;
  if (typeof own === "number" && typeof part === "number") {
    if (/^(minimum|exclusiveMinimum|min[A-Z])/.test(keyword)) return Math.max(own, part);
    return /^(maximum|exclusiveMaximum|max[A-Z])/.test(keyword) ? Math.min(own, part) : undefined;
  }
  if (keyword === "items") return both(own, part);
  if (keyword === "required") return asSet([own, part].flat());
  if (keyword !== "properties" || !isObject(own) || !isObject(part)) return undefined;
  const merge = ([name, schema]: [string, Json]) => [
    name,
    Object.hasOwn(own, name) ? both(own[name] ?? {}, schema) : schema,
  ];
  return { ...own, ...Object.fromEntries(Object.entries(part).map(merge)) };
}
