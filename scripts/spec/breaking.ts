/** Which changes break callers: a server must go on taking what it took, and answer nothing that it never did. */
import { isDeepStrictEqual } from "node:util";
import type { Difference } from "./changes.ts";
import { equal, isObject, type Json, type JsonObject, words } from "./json.ts";
import { shapeOf } from "./operations.ts";
import { isSchema } from "./view.ts";

/** Changes of these alone break nobody. */
const NO_RULE = words("default deprecated name operationId");

/** `all` are the differences of the operation: a new member breaks callers when it must be sent. */
export function breaks(difference: Difference, all: readonly Difference[]): boolean {
  const { place, kind, direction, event, keyword = "", before, after } = difference;
  const isRequest = direction === "request";
  if (keyword === "required") return (event === "now") === isRequest;
  if (event === "added") return isRequest && mustBeSent(difference, all);
  // Callers may come to rely on the members of any answer, and on each success.
  if (event === "removed") return isRequest || kind === "member" || /^2/.test(place[0]?.[1] ?? "");
  if (event !== "changed" || NO_RULE.has(keyword)) return false;
  if (kind === "operation") return breaksOperation(keyword, asList(before), asList(after));
  if (!isSchema(kind)) return isRequest || before !== undefined;
  return breaksSchema(isRequest, keyword, before, after);
}

function mustBeSent({ place, kind, after }: Difference, all: readonly Difference[]): boolean {
  if (kind !== "member") return isObject(after) && after["required"] === true;
  return all.some((one) => one.keyword === "required" && isDeepStrictEqual(one.place, place));
}

/** Of where an operation is, and who may call it. */
function breaksOperation(keyword: string, was: readonly Json[], is: readonly Json[]): boolean {
  if (keyword === "path") return shapeOf(String(was)) !== shapeOf(String(is));
  return was.some((one) => !is.includes(one)) && !(keyword === "security" && is.includes("none"));
}

/** Of a keyword of a schema; undefined stands for one that is not there. */
function breaksSchema(isRequest: boolean, keyword: string, before?: Json, after?: Json): boolean {
  if (keyword === "schema") return !accepts(isRequest, choicesOf(before), choicesOf(after));
  if (keyword === "type" || (keyword === "enum" && isRequest && after !== undefined))
    return !accepts(isRequest, asList(before), asList(after));
  if (!isRequest) return keyword === "writeOnly" && after !== undefined;
  if (typeof before !== "number" || typeof after !== "number") return after !== undefined;
  if (keyword.startsWith("min")) return after > before;
  return !keyword.startsWith("max") || after < before;
}

/** The schemas of which a value must fit one. */
function choicesOf(schema: Json = {}): readonly Json[] {
  const [[keyword, value] = ["", null], ...others] = Object.entries(Object(schema) as JsonObject);
  return /^(any|one)Of$/.test(keyword) && others.length === 0 ? asList(value) : [schema];
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
