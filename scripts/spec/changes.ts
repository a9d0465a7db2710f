/** What differs between two normal forms, as data. */
import { breaks } from "./breaking.ts";
import { equal, isObject, type Json, type JsonObject, listAt, objectAt, ownAt, words } from "./json.ts";
import { type Found, findOperations, type OperationName } from "./operations.ts";
import { RECURSIVE } from "./schema.ts";
import { wayInWords } from "./security.ts";

/** One fact that differs, and of which operations. */
export interface Change extends Difference {
  readonly operations: readonly OperationName[];
  /** Whether callers of the old API may fail at the new one. */
  readonly isBreaking: boolean;
}

type Path = readonly string[];

export interface Difference {
  /** The way to a node of the operation, such as ["responses", "201", "content", "text/plain", "schema"]. */
  readonly path: Path;
  /** What of the node, such as `maximum`; `schema` for the whole of a schema; undefined where it came or went. */
  readonly keyword?: string | undefined;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

/** Under these keys stand names, and under each name a node. */
const MAPS_OF_NAMES = words("content headers parameters properties responses");
/** Under these a schema. */
const SCHEMAS = words("additionalProperties items schema");
/** Keywords that hold schemas or stand for one: what stands beside them cannot be told alone. */
const COMPOSED = words(`allOf anyOf else if not oneOf prefixItems then ${RECURSIVE}`);

export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const was = findOperations(before);
  const changes = new Map<string, Change>();
  for (const [index, found] of findOperations(after).entries()) {
    const old = was[index] ?? found;
    const all = [...differences([], viewOf(before, old), viewOf(after, found))];
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
  const ways = listAt(operation, "security").map((way) => wayInWords(way, schemes));
  const oursFirst = ways.sort((a, b) => Number(b === "bearer") - Number(a === "bearer"));
  const nameOf = (parameter: Json) => `${ownAt(parameter, "in")} ${ownAt(parameter, "name")}`;
  return {
    ...{ operationId, path, method: method.toUpperCase() },
    servers: [servers ?? document["servers"] ?? []].flat().map((server) => ownAt(server, "url") ?? ""),
    security: ways.length > 0 ? oursFirst : ["none"],
    parameters: Object.fromEntries(listAt(operation, "parameters").map((one) => [nameOf(one), one])),
    ...facts,
  };
}

function* differences(path: Path, was: Json | undefined, is: Json | undefined): Generator<Difference> {
  if (equal(was, is)) return;
  const isMap = isMapOfNames(path);
  const keys = Object.keys({ ...Object(was), ...Object(is) });
  const isComposed = keys.some((one) => COMPOSED.has(one));
  if (!isMap && !(isNode(path) && isObject(was) && isObject(is) && !isComposed))
    return yield whole(path, was, is);
  for (const key of keys) {
    const [before, after] = [ownAt(was, key), ownAt(is, key)];
    if (!isMap && key === "required" && Array.isArray(before ?? after)) yield* memberRules(path, was, is);
    else yield* differences([...path, key], before, after);
  }
}

/** Whether something with a place of its own stands there, and not a fact of what is around it. */
function isNode(path: Path): boolean {
  const key = path.at(-1) ?? "requestBody";
  return isMapOfNames(path.slice(0, -1)) || SCHEMAS.has(key) || key === "requestBody";
}

function whole(path: Path, before: Json | undefined, after: Json | undefined): Difference {
  const isName = isMapOfNames(path.slice(0, -1));
  const isThing = isName || (isNode(path) && (isObject(before) || isObject(after)));
  if (!isThing) return { path: path.slice(0, -1), keyword: path.at(-1), before, after };
  const isSchema = SCHEMAS.has(path.at(-1) ?? "") && !isName;
  const isChange = isSchema || (before !== undefined && after !== undefined);
  return { path, keyword: isChange ? "schema" : undefined, before, after };
}

export function isMapOfNames(path: Path): boolean {
  return path.reduce((isMap, key) => !isMap && MAPS_OF_NAMES.has(key), false);
}

/** Which members must be there. One that is gone altogether is told as removed. */
function* memberRules(path: Path, was?: Json, is?: Json): Generator<Difference> {
  const [one, other] = [was, is].map((schema) => new Set(listAt(schema, "required").map(String)));
  for (const name of new Set([...(one ?? []), ...(other ?? [])])) {
    const [before, after] = [one?.has(name) === true, other?.has(name) === true];
    const [had, has] = [was, is].map((schema) => ownAt(objectAt(schema, "properties"), name) !== undefined);
    if ((has || !had) && before !== after)
      yield { path: [...path, "properties", name], keyword: "required", before, after };
  }
}
