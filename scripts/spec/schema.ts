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
export function spellSchema({ allOf: parts, const: only, nullable, ...facts }: JsonObject): Json {
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
  const whole = Array.isArray(parts) ? allOf(parts, facts) : facts;
  return isObject(whole) ? spellType(whole, nullable === true) : whole;
}

/** OpenAPI 3.0 had `minimum: 10, exclusiveMinimum: true` where 3.1 says `exclusiveMinimum: 10`. For integers that is 11. */
function spellBound(facts: JsonObject, bound: string, exclusive: string, step: number): void {
  const value = facts[exclusive] === true ? facts[bound] : facts[exclusive];
  if (facts[exclusive] === true) delete facts[bound];
  if (typeof value !== "number") return void delete facts[exclusive];
  const isInteger = facts["type"] === "integer" && Number.isInteger(value) && facts[bound] === undefined;
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

/** What holds when `own` holds and all of the parts: one schema where that says the same, else with an allOf. */
export function allOf(parts: readonly Json[], own: Json): Json {
  if ([own, ...parts].includes(false)) return false;
  const [mine, ...others] = [own, ...parts].map((schema) => {
    const { allOf: apart = [], ...rest } = isObject(schema) ? schema : {};
    return { rest, apart: [apart].flat() };
  });
  let merged = mine?.rest ?? {};
  const apart = mine?.apart ?? [];
  for (const part of asSet(others.flatMap((other) => [other.rest, ...other.apart])).filter(isObject)) {
    const both = mergeTwo(merged, part);
    if (both === undefined) apart.push(part);
    else merged = both;
  }
  return apart.length > 0 ? { ...merged, allOf: asSet(apart) } : merged;
}

/** Undefined when one schema cannot say both. */
function mergeTwo(own: JsonObject, part: JsonObject): JsonObject | undefined {
  const has = (schema: JsonObject, keywords: string[]) => keywords.some((one) => Object.hasOwn(schema, one));
  if (has(part, UNEVALUATED) && Object.keys(own).length > 0) return undefined;
  if (has(own, LOOKS_ASIDE) && has(part, NEIGHBOURS)) return undefined;
  if (has(part, LOOKS_ASIDE) && has(own, NEIGHBOURS)) return undefined;
  const merged = { ...own };
  for (const [keyword, value] of Object.entries(part)) {
    const both = mergeKeyword(keyword, own[keyword], value);
    if (both === undefined) return undefined;
    merged[keyword] = both;
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
  if (keyword === "items") return allOf([part], own);
  if (keyword === "required") return asSet([own, part].flat());
  if (keyword !== "properties" || !isObject(own) || !isObject(part)) return undefined;
  const merge = ([name, schema]: [string, Json]) => [
    name,
    Object.hasOwn(own, name) ? allOf([schema], own[name] ?? {}) : schema,
  ];
  return { ...own, ...Object.fromEntries(Object.entries(part).map(merge)) };
}
