/** What differs between two normal forms, as data. */
import { breaks } from "./breaking.ts";
import { differingKeys, isObject, type Json, type JsonObject, listAt, objectAt, words } from "./json.ts";
import { findOperations, type OperationName } from "./operations.ts";
import { RECURSIVE } from "./schema.ts";
import { INSIDE, isSchema, type Kind, MAPS_OF_NAMES, type Step, viewOf } from "./view.ts";

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
  /** The way to a node of the operation, such as [["responses", "201"], ["content", "text/plain"], ["schema"]]. */
  readonly place: readonly Step[];
  /** What that node is. */
  readonly kind: Kind;
  /** Which way the value travels. */
  readonly direction: "request" | "response";
}

/** What is so or not, and is told as "now required" and "no longer required". */
const STATES = words("operation.deprecated body.required parameter.required");
/** Keywords that hold schemas or stand for one: what stands beside them cannot be told alone. */
const COMPOSED = words(
  `allOf anyOf else exclusiveMaximum exclusiveMinimum if not oneOf prefixItems then ${RECURSIVE}`,
);

export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const was = findOperations(before);
  const changes = new Map<string, Change>();
  for (const [index, found] of findOperations(after).entries()) {
    const old = was[index] ?? found;
    const top: Place = { place: [], kind: "operation", direction: "request" };
    const all = [...differencesInside(top, viewOf(before, old, old), viewOf(after, found, old))];
    for (const one of all) {
      const change = { ...one, isBreaking: breaks(one, all) };
      const key = JSON.stringify(change);
      changes.set(key, { operations: [...(changes.get(key)?.operations ?? []), found.name], ...change });
    }
  }
  return [...changes.values()];
}

/** What differs at the keys of two nodes. */
function* differencesInside(at: Place, was: JsonObject, is: JsonObject): Generator<Difference> {
  const inside: Partial<Record<string, Kind>> = INSIDE[at.kind];
  for (const [key, before, after] of differingKeys(was, is)) {
    const kind = inside[key];
    if (kind && MAPS_OF_NAMES.has(key)) yield* differencesOfNames(at, kind, key, before, after);
    else if (kind && isObject(before ?? {}) && isObject(after ?? {}))
      yield* differencesAt(placeIn(at, kind, key), before, after);
    else if (isSchema(at.kind) && key === "required") yield* memberRules(at, was, is);
    else if (STATES.has(`${at.kind}.${key}`)) yield state(at, key, after === true);
    else yield { ...at, event: "changed", keyword: key, before, after };
  }
}

function* differencesOfNames(at: Place, kind: Kind, key: string, was?: Json, is?: Json) {
  for (const [name, before, after] of differingKeys(Object(was), Object(is)))
    yield* differencesAt(placeIn(at, kind, key, name), before, after);
}

/** What differs at a place; undefined stands for nothing there. */
function* differencesAt(at: Place, before: Json | undefined, after: Json | undefined): Generator<Difference> {
  const isThere = before !== undefined && after !== undefined;
  const keys = Object.keys({ ...Object(before), ...Object(after) });
  const isComposed = isSchema(at.kind) && keys.some((key) => COMPOSED.has(key));
  if (isObject(before) && isObject(after) && !isComposed) yield* differencesInside(at, before, after);
  else if (isThere || at.kind === "schema")
    yield { ...at, event: "changed", keyword: "schema", before, after };
  else {
    const isRecursive = JSON.stringify(after ?? {}).includes(`"${RECURSIVE}":true`);
    const keyword = isRecursive ? "recursive" : undefined;
    yield { ...at, event: after === undefined ? "removed" : "added", keyword, before, after };
  }
}

function placeIn({ place, direction }: Place, kind: Kind, ...step: Step): Place {
  return { place: [...place, step], kind, direction: step[0] === "responses" ? "response" : direction };
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
