/** Which changes break callers: a server must go on taking what it took, and answer nothing that it never did. */
import type { Difference } from "./changes.ts";
import { equal, isObject, type Json, words } from "./json.ts";
import { shapeOf } from "./operations.ts";
import { isSchema } from "./view.ts";

/** Changes of these alone break nobody. */
const NO_RULE = words("contentEncoding contentMediaType default deprecated discriminator name operationId");
const LOWER_BOUNDS = words("minContains minItems minLength minProperties minimum");
const UPPER_BOUNDS = words("maxContains maxItems maxLength maxProperties maximum");

/** `all` are the differences of the operation: a new member breaks callers when it must be sent. */
export function breaks(difference: Difference, all: readonly Difference[]): boolean {
  const { kind, direction, event, keyword = "", before, after } = difference;
  const isRequest = direction === "request";
  if (keyword === "required") return (event === "now") === isRequest;
  if (keyword === "recursive") return before !== undefined;
  if (event === "added") return isRequest && mustBeSent(difference, all);
  if (event === "removed") return isRequest || breaksAnswer(difference);
  if (event !== "changed" || NO_RULE.has(keyword)) return false;
  if (kind === "operation") return breaksOperation(keyword, asList(before), asList(after));
  return isSchema(kind) ? breaksSchema(isRequest, keyword, before, after) : isRequest;
}

function mustBeSent({ place, kind, after }: Difference, all: readonly Difference[]): boolean {
  const isNowRequired = (one: Difference) => one.keyword === "required" && one.event === "now";
  if (kind === "member") return all.some((one) => isNowRequired(one) && equal([...one.place], [...place]));
  return isObject(after) && after["required"] === true;
}

/** Of what is answered no longer: the members count, and all of a success but its headers. */
function breaksAnswer({ place, kind }: Difference): boolean {
  return kind === "member" || (kind !== "value" && place[1]?.startsWith("2") === true);
}

/** Of where an operation is, and who may call it. */
function breaksOperation(keyword: string, was: readonly Json[], is: readonly Json[]): boolean {
  if (keyword === "path") return shapeOf(String(was)) !== shapeOf(String(is));
  return was.some((one) => !is.includes(one)) && !(keyword === "security" && is.includes("none"));
}

/** Of a keyword of a schema; undefined stands for one that is not there. */
function breaksSchema(isRequest: boolean, keyword: string, before?: Json, after?: Json): boolean {
  if (keyword === "type") return !accepts(isRequest, asList(before), asList(after));
  if (keyword === "schema") return !accepts(isRequest, choicesOf(before), choicesOf(after));
  if (keyword === "writeOnly" || !isRequest)
    return keyword === "writeOnly" && !isRequest && after !== undefined;
  if (after === undefined) return false;
  if (keyword === "enum") return !accepts(isRequest, asList(before), asList(after));
  if (typeof before !== "number" || typeof after !== "number") return true;
  if (LOWER_BOUNDS.has(keyword)) return after > before;
  return UPPER_BOUNDS.has(keyword) ? after < before : true;
}

/** The schemas of which a value must fit one. */
function choicesOf(schema: Json | undefined): readonly Json[] {
  const [[keyword, value] = ["", null], ...others] = Object.entries(isObject(schema) ? schema : {});
  return /^(any|one)Of$/.test(keyword) && others.length === 0 ? asList(value) : [schema ?? {}];
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
