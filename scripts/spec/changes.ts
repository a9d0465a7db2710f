/** What differs between two normal forms, as data, and which of it breaks callers. */
import { equal, isObject, type Json, type JsonObject, listAt, objectAt, ownAt, words } from "./json.ts";
import { type Found, findOperations, type OperationName } from "./operations.ts";
import { RECURSIVE } from "./schema.ts";

/** The way to a node of an operation, such as ["responses 201", "content text/plain", "schema"]. */
type Path = readonly string[];
type Difference = Omit<Change, "operations" | "isBreaking">;

/** One fact that differs. */
export interface Change {
  readonly operations: readonly OperationName[];
  readonly path: Path;
  /** What of the node, such as `maximum`; `schema` for the whole of a schema; undefined where it came or went. */
  readonly keyword: string | undefined;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Whether callers of the old API may fail at the new one. */
  readonly isBreaking: boolean;
}

/** Under these keys stand names, and under each name a node that is compared. */
const NODES_BY_NAME = words("content headers parameters properties responses");
/** Under these a schema. */
const SCHEMAS = words("additionalProperties items schema");
const NODES = new Set([...SCHEMAS, "requestBody"]);
/** Keywords that hold schemas or stand for one: what stands beside them cannot be compared alone. */
const COMPOSED = words(`allOf anyOf else if not oneOf prefixItems then ${RECURSIVE}`);

export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const was = findOperations(before).map((found) => viewOf(before, found));
  const changes = new Map<string, Change>();
  for (const [index, found] of findOperations(after).entries()) {
    const all = [...factsThatDiffer([], was[index] ?? {}, viewOf(after, found))];
    for (const one of all) {
      const change = { ...one, isBreaking: breaks(one, all) };
      const key = JSON.stringify(change);
      changes.set(key, { operations: [...(changes.get(key)?.operations ?? []), found.name], ...change });
    }
  }
  return [...changes.values()];
}

/** An operation as it is compared: parameters by name, servers and security in words, ours first. */
function viewOf(document: JsonObject, { path, method, operation }: Found): JsonObject {
  const { servers, parameters, security, operationId = null, ...facts } = operation;
  const schemes = objectAt(objectAt(document, "components"), "securitySchemes");
  const ways = [equal(security, []) ? {} : (security ?? {})].flat().map((way) => wayInWords(way, schemes));
  const named = [parameters ?? []].flat().map((one) => [`${ownAt(one, "in")} ${ownAt(one, "name")}`, one]);
  return {
    ...{ operationId, path, method: method.toUpperCase() },
    servers: [servers ?? document["servers"] ?? []].flat().map((server) => ownAt(server, "url") ?? ""),
    security: ways.sort((a, b) => Number(b === "bearer") - Number(a === "bearer")),
    parameters: Object.fromEntries(named),
    ...facts,
  };
}

/** A way to show who one is, such as "bearer", "bearer and apiKey {…}" or "none". */
function wayInWords(way: Json, schemes: JsonObject): string {
  const needed = Object.entries(Object(way) as JsonObject).map(([name, scopes]) => {
    const { type = name, ...scheme } = objectAt(schemes, name);
    const words = `${type} ${JSON.stringify(scheme)}`.replace('http {"scheme":"bearer"}', "bearer");
    return [words, scopes].flat().join(" ");
  });
  return needed.sort().reverse().join(" and ") || "none";
}

const keysOf = (one?: Json, other?: Json) => Object.keys({ ...Object(one), ...Object(other) });

/** Of two nodes that are both there. */
function* factsThatDiffer(path: Path, was: Json, is: Json): Generator<Difference> {
  for (const keyword of keysOf(was, is)) {
    const [before, after] = [ownAt(was, keyword), ownAt(is, keyword)];
    if (NODES_BY_NAME.has(keyword))
      for (const name of keysOf(before, after))
        yield* differences([...path, `${keyword} ${name}`], ownAt(before, name), ownAt(after, name));
    else if (keyword === "required" && Array.isArray(before ?? after)) yield* memberRules(path, was, is);
    else if (NODES.has(keyword) && [before, after].some(isObject))
      yield* differences([...path, keyword], before, after);
    else if (!equal(before, after)) yield { path, keyword, before, after };
  }
}

function* differences(path: Path, before?: Json, after?: Json): Generator<Difference> {
  if (equal(before, after)) return;
  const isComposed = keysOf(before, after).some((key) => COMPOSED.has(key));
  if (isObject(before) && isObject(after) && !isComposed) return yield* factsThatDiffer(path, before, after);
  const isThere = (before !== undefined && after !== undefined) || SCHEMAS.has(path.at(-1) ?? "");
  yield { path, keyword: isThere ? "schema" : undefined, before, after };
}

/** Which members must be there. One that is gone altogether is reported as removed. */
function* memberRules(path: Path, ...both: [was: Json, is: Json]): Generator<Difference> {
  const rules = both.map((schema) => listAt(schema, "required").map(String));
  const [had, has] = both.map((schema) => Object.keys(objectAt(schema, "properties")));
  for (const name of new Set(rules.flat())) {
    const [before, after] = rules.map((names) => names.includes(name));
    const isGone = had?.includes(name) && !has?.includes(name);
    if (before !== after && !isGone)
      yield { path: [...path, `properties ${name}`], keyword: "required", before, after };
  }
}

/** The facts of a whole operation that callers rely on. */
const OF_OPERATION = words("method path security servers");
/** Changes of these alone break nobody. */
const NO_RULE = words("default deprecated");
/** Formats that everybody knows; another name promises nothing. */
const FORMATS = words("date date-time double duration email float int32 int64 ipv4 ipv6 time uri uuid");
/** Values of the first are values of the second. */
const WIDER = words("integer:number int32:int64 float:double date-time:datetime datetime:date-time");

/**
 * A server must go on accepting what it accepted, and respond with nothing that it never sent. `all` are the
 * differences of the operation: a new member breaks callers when it must be sent.
 */
function breaks({ path, keyword = "", before, after }: Difference, all: readonly Difference[]): boolean {
  const isRequest = !path[0]?.startsWith("responses ");
  if (path.length === 0)
    return OF_OPERATION.has(keyword) && ![after].flat().includes("none") && !accepts(before, after);
  if (keyword !== "") return breaksFact(isRequest, keyword, before, after);
  // Callers may rely on the members of any response, and on each success.
  const isKept = path[0]?.startsWith("responses 2") || path.at(-1)?.startsWith("properties ") === true;
  if (before !== undefined) return isRequest || isKept;
  const isRequired = (one: Difference) => one.keyword === "required" && one.after === true;
  const mustBeSent = all.some((one) => isRequired(one) && equal([...one.path], [...path]));
  return isRequest && (mustBeSent || ownAt(after, "required") === true);
}

function breaksFact(isRequest: boolean, keyword: string, before?: Json, after?: Json): boolean {
  if (NO_RULE.has(keyword)) return false;
  if (keyword === "required") return (after === true) === isRequest;
  const isPromise = keyword === "format" && FORMATS.has(String(before)) && after !== undefined;
  const choices = isRequest ? /^(enum|format|schema|type)$/ : /^(schema|type)$/;
  if (choices.test(keyword) || isPromise)
    return isRequest ? !accepts(before, after) : !accepts(after, before);
  // `allowReserved` and the like allow more.
  if (keyword.startsWith("allow")) return after === undefined;
  if (!isRequest) return keyword === "writeOnly" && after !== undefined;
  if (typeof before !== "number" || typeof after !== "number") return after !== undefined;
  return /max/i.test(keyword) ? after < before : !/min/i.test(keyword) || after > before;
}

/** Whether all that fits the one fits the other. */
function accepts(narrow: Json | undefined, wide: Json | undefined): boolean {
  const isWithin = (one: Json, other: Json) =>
    equal(one, other) || equal(other, {}) || WIDER.has(`${one}:${other}`);
  return choicesOf(narrow).every((one) => choicesOf(wide).some((other) => isWithin(one, other)));
}

/** The values, types or schemas of which one must fit; none stands for anything. */
function choicesOf(value: Json = {}): readonly Json[] {
  const facts = Object.entries(isObject(value) ? value : {}).filter(([keyword]) => !NO_RULE.has(keyword));
  const [[keyword, choices] = ["", null], ...others] = facts;
  return [/^(any|one)Of$/.test(keyword) && others.length === 0 ? choices : value].flat();
}
