/** Which changes break callers: a server must go on taking what it took, and answer nothing that it never did. */
import type { Difference } from "./changes.ts";
import { equal, isObject, type Json, ownAt, words } from "./json.ts";
import { shapeOf } from "./operations.ts";

/** Changes of these alone break nobody. */
const NO_RULE = words("default deprecated");
/** Facts of a whole operation. */
const OF_OPERATION = words("method security servers");
/** Formats that everybody knows; another name promises nothing. */
const FORMATS = words(
  "binary byte date date-time double duration email float hostname int32 int64 ipv4 ipv6 time uri uuid",
);
/** Values of the first are values of the second. */
const WIDER = words("integer:number int32:int64 float:double");

/** `all` are the differences of the operation: a new member breaks callers when it must be sent. */
export function breaks(difference: Difference, all: readonly Difference[]): boolean {
  const { path, keyword, before, after } = difference;
  const isRequest = path[0] !== "responses";
  // Callers may come to rely on the members of any answer, and on each success.
  const isKept = isRequest || path.at(-2) === "properties" || /^2/.test(path[1] ?? "");
  if (keyword === undefined) return before === undefined ? isRequest && mustBeSent(difference, all) : isKept;
  if (path.length === 0) return breaksOperation(keyword, asList(before), asList(after));
  return !NO_RULE.has(keyword) && breaksFact(isRequest, keyword, before, after);
}

function breaksFact(isRequest: boolean, keyword: string, before?: Json, after?: Json): boolean {
  if (keyword === "required") return (after === true) === isRequest;
  if (keyword === "schema") return !accepts(isRequest, choicesOf(before), choicesOf(after));
  if (keyword === "format") return breaksFormat(isRequest, before, after);
  if (keyword === "type" || (keyword === "enum" && isRequest && after !== undefined))
    return !accepts(isRequest, asList(before), asList(after));
  // `allowReserved` and the like allow more.
  if (keyword.startsWith("allow")) return after === undefined;
  return isRequest ? isNarrower(keyword, before, after) : keyword === "writeOnly" && after !== undefined;
}

function mustBeSent({ path, after }: Difference, all: readonly Difference[]): boolean {
  if (ownAt(after, "required") === true) return true;
  return all.some(
    (one) => one.keyword === "required" && one.after === true && equal([...one.path], [...path]),
  );
}

function breaksOperation(keyword: string, was: readonly Json[], is: readonly Json[]): boolean {
  if (keyword === "path") return shapeOf(String(was)) !== shapeOf(String(is));
  if (!OF_OPERATION.has(keyword)) return false;
  return was.some((one) => !is.includes(one)) && !(keyword === "security" && is.includes("none"));
}

function isNarrower(keyword: string, before: Json | undefined, after: Json | undefined): boolean {
  if (typeof before !== "number" || typeof after !== "number") return after !== undefined;
  if (/^(min|exclusiveMin)/.test(keyword)) return after > before;
  return !/^(max|exclusiveMax)/.test(keyword) || after < before;
}

/** In an answer only a promise can be broken: by another format where there was one that everybody knows. */
function breaksFormat(isRequest: boolean, before: Json | undefined, after: Json | undefined): boolean {
  const [was, is] = [before, after].map((format) => String(format).replaceAll(/\W|_/g, "").toLowerCase());
  const isPromise = FORMATS.has(String(before)) && after !== undefined;
  return was !== is && (isRequest || isPromise) && !accepts(isRequest, asList(before), asList(after));
}

/** The schemas of which a value must fit one. */
function choicesOf(schema: Json = {}): readonly Json[] {
  const facts = Object.entries(isObject(schema) ? schema : {}).filter(([keyword]) => !NO_RULE.has(keyword));
  const [[keyword, value] = ["", null], ...others] = facts;
  return /^(any|one)Of$/.test(keyword) && others.length === 0 ? asList(value) : [schema];
}

/** A request may send what it always sent; a response holds nothing that it never held. No type is any type. */
function accepts(isRequest: boolean, before: readonly Json[], after: readonly Json[]): boolean {
  const [narrow, wide] = isRequest ? [before, after] : [after, before];
  if (wide.length === 0) return true;
  const isWithin = (one: Json, other: Json) =>
    equal(one, other) || equal(other, {}) || WIDER.has(`${one}:${other}`);
  return narrow.length > 0 && narrow.every((one) => wide.some((other) => isWithin(one, other)));
}

function asList(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value].flat();
}
