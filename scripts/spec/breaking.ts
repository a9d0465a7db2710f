/** Which changes break callers: a server must go on taking what it took, and answer nothing that it never did. */
import type { Difference } from "./changes.ts";
import { equal, isObject, type Json } from "./json.ts";
import { shapeOf } from "./operations.ts";
import { isSchema } from "./view.ts";

const LOWER_BOUNDS = words("exclusiveMinimum minContains minItems minLength minProperties minimum");
const UPPER_BOUNDS = words("exclusiveMaximum maxContains maxItems maxLength maxProperties maximum");
const CHOICES = words("anyOf oneOf");
/** These say something of one direction alone, or of none. */
const REQUEST_ONLY = words("readOnly");
const RESPONSE_ONLY = words("nullable writeOnly");
const NO_RULE = words("contentEncoding contentMediaType default deprecated discriminator name operationId");

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** `all` are the differences of the operation: a new member breaks callers when it must be sent. */
export function breaks(difference: Difference, all: readonly Difference[]): boolean {
  const { place, kind, direction, event, keyword, before, after } = difference;
  const isRequest = direction === "request";
  const isNow = event === "now";
  if (keyword === "required") return isNow === isRequest;
  if (keyword === "recursive") {
    const isSameType = isObject(after) && equal(before, { type: after["type"] ?? null });
    return before !== undefined && !(isNow && !isRequest && isSameType);
  }
  if (event === "added") {
    const isRequired = all.some(
      (one) => one.keyword === "required" && one.event === "now" && equal([...one.place], [...place]),
    );
    return isRequest && (isRequired || (isObject(after) && kind !== "member" && after["required"] === true));
  }
  if (event === "removed") {
    if (keyword === "enum") return isRequest;
    return isRequest || kind === "member" || (kind !== "value" && place[1]?.startsWith("2") === true);
  }
  if (keyword === undefined || NO_RULE.has(keyword)) return false;
  if (kind === "operation") return breaksOperation(keyword, before, after);
  return isSchema(kind) ? breaksSchema(difference) : isRequest;
}

/** Of where an operation is, and who may call it. */
function breaksOperation(keyword: string, before: Json | undefined, after: Json | undefined): boolean {
  const [was, is] = [asList(before), asList(after)];
  if (keyword === "path") return shapeOf(String(before)) !== shapeOf(String(after));
  return was.some((one) => !is.includes(one)) && !(keyword === "security" && is.includes("none"));
}

/** Of a keyword of a schema; undefined stands for one that is not there. */
function breaksSchema({ direction, keyword = "", before, after }: Difference): boolean {
  const isRequest = direction === "request";
  if (keyword === "schema") return breaksWhole(isRequest, before, after);
  if (REQUEST_ONLY.has(keyword)) return isRequest && after !== undefined;
  if (RESPONSE_ONLY.has(keyword)) return !isRequest && after !== undefined;
  const isChoice = CHOICES.has(keyword) && before !== undefined && after !== undefined;
  if (keyword === "type" || isChoice) return !accepts(isRequest, asList(before), asList(after));
  if (!isRequest) {
    const hasSchema = isObject(before) || (Array.isArray(before) && keyword !== "enum");
    return hasSchema || CHOICES.has(keyword) || keyword === "allOf";
  }
  if (keyword === "patternProperties" || keyword === "prefixItems") return true;
  if (after === undefined) return false;
  if (typeof before !== "number" || typeof after !== "number") return true;
  if (LOWER_BOUNDS.has(keyword)) return after > before;
  return UPPER_BOUNDS.has(keyword) ? after < before : true;
}

/** Only where one is a choice, and the other one of its choices, nothing breaks. */
function breaksWhole(isRequest: boolean, before: Json | undefined, after: Json | undefined): boolean {
  const choices = (schema: Json | undefined) => {
    const [[keyword, value] = ["", null], ...others] = Object.entries(isObject(schema) ? schema : {});
    return CHOICES.has(keyword) && others.length === 0 ? asList(value) : [schema ?? {}];
  };
  const isStricter = isObject(before) && isObject(after) && before["anyOf"] && after["oneOf"];
  return Boolean(isRequest && isStricter) || !accepts(isRequest, choices(before), choices(after));
}

/** A request may send what it always sent; a response holds nothing that it never held. No type is any type. */
function accepts(isRequest: boolean, before: readonly Json[], after: readonly Json[]): boolean {
  const [narrow, wide] = isRequest ? [before, after] : [after, before];
  if (wide.length === 0) return true;
  const isWithin = (one: Json, other: Json) =>
    equal(one, other) || equal(other, {}) || (one === "integer" && other === "number");
  return narrow.length > 0 && narrow.every((one) => wide.some((other) => isWithin(one, other)));
}

function asList(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value].flat();
}
