/** What differs between two normal forms, as data. */
import { breaks } from "./breaking.ts";
import { FILES } from "./files.ts";
import { equal, isObject, type Json, type JsonObject, listAt, objectAt } from "./json.ts";
import { findOperations, type OperationName } from "./operations.ts";
import { RECURSIVE } from "./schema.ts";
import { isSchema, type Kind, kindAt, viewOf } from "./view.ts";

/** One fact that differs, and of which operations; of none when it stands outside of both. */
export interface Change extends Difference {
  readonly operations: readonly OperationName[];
  /** Whether callers of the old API may fail at the new one. */
  readonly isBreaking: boolean;
}

export interface Difference {
  /** The keys that lead to a node of the operation, such as `responses`, `201`; report.ts puts them in words. */
  readonly place: readonly string[];
  /** What that node is. */
  readonly kind: Kind;
  /** Which way the value travels. */
  readonly direction: "request" | "response";
  readonly event: "added" | "removed" | "changed" | "now" | "no longer";
  /** What of the node, such as `maximum`, `required` or `recursive`; undefined for the whole of it. */
  readonly keyword?: string | undefined;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

/** All that differs between two documents in normal form; empty exactly when they are the same. */
export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const was = findOperations(before);
  const shared = new Map<string, Change>();
  for (const [index, found] of findOperations(after).entries()) {
    const old = was[index] ?? found;
    const all = [...differences([], "operation", viewOf(before, old, old), viewOf(after, found, old))];
    for (const one of all) {
      const key = JSON.stringify(one);
      const operations = [...(shared.get(key)?.operations ?? []), found.name];
      shared.set(key, { operations, ...one, isBreaking: breaks(one, all) });
    }
  }
  if (shared.size > 0 || equal(before, after)) return [...shared.values()];
  const elsewhere = difference([], "operation", "changed", FILES.upstream);
  return [{ operations: [], ...elsewhere, isBreaking: false }];
}

/** These are told as a whole when there was none, or is none any more; of other nodes each part is. */
const TOLD_WHOLE: readonly Kind[] = ["value", "body", "media", "member"];
/** What is so or not. */
const STATES = ["operation deprecated", "body required", "value required"];
type Place = Difference["place"];

/** What differs between two nodes of a kind that stand at the same place. */
function* differences(place: Place, kind: Kind, was: JsonObject, is: JsonObject): Generator<Difference> {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const differing = keys.filter((key) => !equal(valueAt(was, key), valueAt(is, key)));
  if (isSchema(kind) && isRecomposed(differing)) yield recomposition(place, kind, was, is);
  else for (const key of differing) yield* differencesAt(place, kind, key, was, is);
}

function* differencesAt(
  place: Place,
  kind: Kind,
  key: string,
  was: JsonObject,
  is: JsonObject,
): Generator<Difference> {
  const [before, after] = [valueAt(was, key), valueAt(is, key)];
  const [inside, next] = [[...place, key], kindAt(kind, key)];
  const areNodes = [before, after].every((value) => value === undefined || isObject(value));
  if (isSchema(kind) && key === "required") yield* memberRules(place, was, is);
  else if (isSchema(kind) && key === "enum" && before && after) {
    yield* valueChanges(place, kind, [before].flat(), [after].flat());
  } else if (STATES.includes(`${kind} ${key}`)) yield state(place, kind, key, after === true);
  else if (kind === "members" && !areNodes) {
    yield difference(inside, "member", "changed", "schema", before, after);
  } else if (next === undefined || !areNodes) yield difference(place, kind, "changed", key, before, after);
  else if (TOLD_WHOLE.includes(next) && (before === undefined || after === undefined)) {
    yield difference(inside, next, after === undefined ? "removed" : "added", undefined, before, after);
    yield* recursions(inside, next, after);
  } else yield* differences(inside, next, objectAt(was, key), objectAt(is, key));
}

function valueAt(node: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(node, key) ? node[key] : undefined;
}

function difference(
  place: Place,
  kind: Kind,
  event: Difference["event"],
  keyword?: string,
  before?: Json,
  after?: Json,
): Difference {
  const direction = place[0] === "responses" ? "response" : "request";
  return { place, kind, direction, event, keyword, before, after };
}

function state(place: Place, kind: Kind, keyword: string, isNow: boolean, before?: Json, after?: Json) {
  return difference(place, kind, isNow ? "now" : "no longer", keyword, before, after);
}

/** Which members must be there. One that is gone altogether is told as removed. */
function* memberRules(place: Place, was: JsonObject, is: JsonObject): Generator<Difference> {
  const [before, after] = [listAt(was, "required"), listAt(is, "required")];
  const [had, has] = [objectAt(was, "properties"), objectAt(is, "properties")];
  for (const name of new Set([...before, ...after].map(String))) {
    const isGone = Object.hasOwn(had, name) && !Object.hasOwn(has, name);
    if (isGone || before.includes(name) === after.includes(name)) continue;
    yield state([...place, "properties", name], "member", "required", after.includes(name));
  }
}

function* valueChanges(place: Place, kind: Kind, before: Json[], after: Json[]): Generator<Difference> {
  const without = (values: Json[], others: Json[]) =>
    values.filter((value) => !others.some((other) => equal(value, other)));
  for (const value of without(before, after)) yield difference(place, kind, "removed", "enum", value);
  for (const value of without(after, before)) {
    yield difference(place, kind, "added", "enum", undefined, value);
  }
}

/** Where something new holds itself. */
function* recursions(place: Place, kind: Kind, node: Json | undefined): Generator<Difference> {
  for (const [key, value] of typeof node === "object" ? Object.entries(node ?? {}) : []) {
    if (key === RECURSIVE && value === true) yield state(place, kind, "recursive", true);
    else yield* recursions([...place, key], kindAt(kind, key) ?? kind, value);
  }
}

/** Keywords that hold schemas or stand for one: where one differs, its neighbours cannot be told one by one. */
const COMPOSED = "allOf anyOf oneOf not if then else prefixItems exclusiveMaximum exclusiveMinimum".split(
  " ",
);

function isRecomposed(differing: readonly string[]): boolean {
  const isPart = differing.some((keyword) => COMPOSED.includes(keyword));
  return differing.includes(RECURSIVE) || (isPart && differing.length > 1);
}

function recomposition(place: Place, kind: Kind, before: JsonObject, after: JsonObject): Difference {
  if (before[RECURSIVE] === after[RECURSIVE]) {
    return difference(place, kind, "changed", "schema", before, after);
  }
  return state(place, kind, "recursive", after[RECURSIVE] === true, before, after);
}
