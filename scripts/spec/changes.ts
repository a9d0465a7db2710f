/** What differs between two normal forms, as data. */
import { breaks } from "./breaking.ts";
import { equal, isObject, type Json, type JsonObject, listAt, objectAt } from "./json.ts";
import { findOperations, type OperationName } from "./operations.ts";
import { RECURSIVE } from "./schema.ts";
import { isSchema, type Kind, kindAt, viewOf } from "./view.ts";

/** One fact that differs, and of which operations. */
export interface Change extends Difference {
  readonly operations: readonly OperationName[];
  /** Whether callers of the old API may fail at the new one. */
  readonly isBreaking: boolean;
}

export interface Difference extends Place {
  readonly event: "added" | "removed" | "changed" | "now" | "no longer";
  /** What of the node, such as `maximum`, `required` or `recursive`; undefined for the whole of it. */
  readonly keyword?: string | undefined;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

interface Place {
  /** The keys that lead to a node of the operation, such as `responses`, `201`; report.ts puts them in words. */
  readonly place: readonly string[];
  /** What that node is. */
  readonly kind: Kind;
  /** Which way the value travels. */
  readonly direction: "request" | "response";
}

export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const was = findOperations(before);
  const changes = new Map<string, Change>();
  for (const [index, found] of findOperations(after).entries()) {
    const old = was[index] ?? found;
    const top: Place = { place: [], kind: "operation", direction: "request" };
    const all = [...differences(top, viewOf(before, old, old), viewOf(after, found, old))];
    for (const one of all) {
      const key = JSON.stringify(one);
      const operations = [...(changes.get(key)?.operations ?? []), found.name];
      changes.set(key, { operations, ...one, isBreaking: breaks(one, all) });
    }
  }
  return [...changes.values()];
}

/** These are told as a whole when there was none, or is none any more; of other nodes each part is. */
const TOLD_WHOLE: readonly Kind[] = ["value", "body", "media", "member"];
/** What is so or not. */
const STATES = ["operation deprecated", "body required", "value required"];
/** Keywords that hold schemas or stand for one: what stands beside them cannot be told alone. */
const COMPOSED = "allOf anyOf else exclusiveMaximum exclusiveMinimum if not oneOf prefixItems then".split(
  " ",
);

/** What differs between two nodes of a kind that stand at the same place; undefined stands for none. */
function* differences(at: Place, was: Json | undefined, is: Json | undefined): Generator<Difference> {
  if (equal(was, is)) return;
  const [before, after] = [was ?? {}, is ?? {}];
  if (!isObject(before) || !isObject(after)) return yield changed(at, "schema", was, is);
  if (TOLD_WHOLE.includes(at.kind) && (was === undefined || is === undefined)) {
    yield { ...at, event: is === undefined ? "removed" : "added", before: was, after: is };
    return yield* recursions(at, after);
  }
  const keyword = isSchema(at.kind) ? wholeKeyword(before, after) : undefined;
  if (keyword === "schema") return yield changed(at, keyword, was, is);
  const isRecursive = after[RECURSIVE] === true;
  if (keyword !== undefined) return yield { ...state(at, keyword, isRecursive), before: was, after: is };
  for (const key of Object.keys({ ...before, ...after })) yield* differencesAt(at, key, before, after);
}

/** As what a schema is told whose keywords cannot be told one by one. */
function wholeKeyword(before: JsonObject, after: JsonObject): "recursive" | "schema" | undefined {
  if (before[RECURSIVE] !== after[RECURSIVE]) return "recursive";
  return COMPOSED.some((keyword) => keyword in before || keyword in after) ? "schema" : undefined;
}

/** What differs at a key of two nodes. */
function* differencesAt(at: Place, key: string, was: JsonObject, is: JsonObject): Generator<Difference> {
  const [before, after] = [was, is].map((node) => (Object.hasOwn(node, key) ? node[key] : undefined));
  const kind = kindAt(at.kind, key);
  const areNodes = isObject(before ?? {}) && isObject(after ?? {});
  if (equal(before, after)) return;
  if (kind === "member" || (kind && areNodes)) yield* differences(placeIn(at, kind, key), before, after);
  else if (isSchema(at.kind) && key === "required") yield* memberRules(at, was, is);
  else if (STATES.includes(`${at.kind} ${key}`)) yield state(at, key, after === true);
  else yield changed(at, key, before, after);
}

function placeIn({ place, direction }: Place, kind: Kind, ...keys: string[]): Place {
  return { place: [...place, ...keys], kind, direction: kind === "answers" ? "response" : direction };
}

function changed(at: Place, keyword: string, before?: Json, after?: Json): Difference {
  return { ...at, event: "changed", keyword, before, after };
}

function state(at: Place, keyword: string, isNow: boolean): Difference {
  return { ...at, event: isNow ? "now" : "no longer", keyword };
}

/** Which members must be there. One that is gone altogether is told as removed. */
function* memberRules(at: Place, was: JsonObject, is: JsonObject): Generator<Difference> {
  const [before, after] = [listAt(was, "required"), listAt(is, "required")];
  const [had, has] = [objectAt(was, "properties"), objectAt(is, "properties")];
  for (const name of new Set([...before, ...after].map(String))) {
    const isGone = Object.hasOwn(had, name) && !Object.hasOwn(has, name);
    if (isGone || before.includes(name) === after.includes(name)) continue;
    yield state(placeIn(at, "member", "properties", name), "required", after.includes(name));
  }
}

/** Where something new holds itself. */
function* recursions(at: Place, node: Json): Generator<Difference> {
  for (const [key, value] of typeof node === "object" ? Object.entries(node ?? {}) : []) {
    if (key === RECURSIVE) yield state(at, "recursive", true);
    else yield* recursions(placeIn(at, kindAt(at.kind, key) ?? at.kind, key), value);
  }
}
