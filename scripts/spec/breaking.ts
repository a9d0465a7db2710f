/** Which changes break callers: the server may refuse nothing that it took, and answer nothing that it never did. */

import type { Direction } from "./changes.ts";
import { equal, isObject, type Json, type JsonObject } from "./json.ts";
import { shapeOf } from "./operations.ts";

const LOWER_BOUNDS = words("exclusiveMinimum minContains minItems minLength minProperties minimum");
const UPPER_BOUNDS = words("exclusiveMaximum maxContains maxItems maxLength maxProperties maximum");
const CHOICES = words("anyOf oneOf");
const NO_RULE = words("contentEncoding contentMediaType default deprecated discriminator");
/** These say something of one direction alone. */
const ONE_WAY = new Map(Object.entries({ readOnly: "request", writeOnly: "response", nullable: "response" }));

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** Of an operation as a whole: where it is, and who may call it. */
export function breaksOperation(keyword: string, before: Json | undefined, after: Json | undefined): boolean {
  const [was, is] = [asList(before), asList(after)];
  if (keyword === "path") return shapeOf(String(before)) !== shapeOf(String(after));
  if (keyword === "security" && is.includes("none")) return false;
  return keyword !== "operationId" && was.some((one) => !is.includes(one));
}

/** Of a schema as a whole: only where one of them is a choice, and the other one of its choices, nothing breaks. */
export function breaksComposition(direction: Direction, before: JsonObject, after: JsonObject): boolean {
  const choices = (schema: JsonObject) => {
    const [[keyword, value] = ["", null], ...others] = Object.entries(schema);
    return CHOICES.has(keyword) && others.length === 0 ? asList(value) : [schema];
  };
  const isStricter = direction === "request" && Boolean(before["anyOf"] && after["oneOf"]);
  return isStricter || !accepts(direction, choices(before), choices(after));
}

/** Of a keyword of a schema; undefined stands for a keyword that is not there. */
export function breaksSchema(
  direction: Direction,
  keyword: string,
  before: Json | undefined,
  after: Json | undefined,
): boolean {
  const isChoice = CHOICES.has(keyword) && before !== undefined && after !== undefined;
  if (ONE_WAY.has(keyword)) return ONE_WAY.get(keyword) === direction && after !== undefined;
  if (NO_RULE.has(keyword)) return false;
  if (keyword === "type" || isChoice) return !accepts(direction, asList(before), asList(after));
  if (direction === "response") {
    const isSchema = isObject(before) || (Array.isArray(before) && keyword !== "enum");
    return isSchema || CHOICES.has(keyword) || keyword === "allOf";
  }
  if (keyword === "patternProperties" || keyword === "prefixItems") return true;
  if (after === undefined) return false;
  if (typeof before !== "number" || typeof after !== "number") return true;
  if (LOWER_BOUNDS.has(keyword)) return after > before;
  return UPPER_BOUNDS.has(keyword) ? after < before : true;
}

/** A request may send what it always sent; a response holds nothing that it never held. No type is any type. */
function accepts(direction: Direction, before: readonly Json[], after: readonly Json[]): boolean {
  const [narrow, wide] = direction === "request" ? [before, after] : [after, before];
  if (wide.length === 0) return true;
  const isWithin = (one: Json, other: Json) =>
    equal(one, other) || equal(other, {}) || (one === "integer" && other === "number");
  return narrow.length > 0 && narrow.every((one) => wide.some((other) => isWithin(one, other)));
}

function asList(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value].flat();
}
