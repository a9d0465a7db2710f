import { breaksComposition, breaksOperation, breaksSchema } from "./breaking.ts";
import { FILES } from "./files.ts";
import { equal, isObject, type Json, type JsonObject, listAt, objectAt } from "./json.ts";
import { findOperations, type OperationName } from "./operations.ts";
import { RECURSIVE } from "./schema.ts";
import { isSchema, type Kind, kindAt, viewOf } from "./view.ts";

/** One fact that differs between two normal forms. */
export interface Change {
  /** The operations it concerns; none when it stands outside of both. */
  readonly operations: readonly OperationName[];
  /** The keys that lead to it in an operation, such as `responses`, `201`; report.ts puts them in words. */
  readonly place: readonly string[];
  readonly direction: Direction;
  readonly event: "added" | "removed" | "changed" | "now" | "no longer";
  /** What of the place changed, such as `maximum`, `required` or `recursive`; undefined for the whole of it. */
  readonly keyword?: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  /** Whether callers of the old API may fail at the new one. */
  readonly isBreaking: boolean;
}

/** Which way a value travels decides what breaks: the server may refuse more, or promise less. */
export type Direction = "request" | "response";

/** A change of one operation, before it is known which operations share it. */
type Difference = Omit<Change, "operations" | "direction">;
type Place = Change["place"];

/** All that differs between two documents in normal form; empty exactly when they are the same. */
export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const was = findOperations(before);
  const shared = new Map<string, Change>();
  for (const [index, found] of findOperations(after).entries()) {
    const old = was[index] ?? found;
    for (const one of differences([], "operation", viewOf(before, old, old), viewOf(after, found, old))) {
      const key = JSON.stringify(one);
      const operations = [...(shared.get(key)?.operations ?? []), found.name];
      shared.set(key, { ...one, operations, direction: directionOf(one.place) });
    }
  }
  if (shared.size > 0 || equal(before, after)) return [...shared.values()];
  const nowhere = { operations: [], place: [], direction: "response" } as const;
  return [{ ...nowhere, event: "changed", keyword: FILES.upstream, isBreaking: false }];
}

function directionOf([part]: Place): Direction {
  return part === "responses" ? "response" : "request";
}

/** What differs between two nodes of a kind; `around` are the two nodes that hold them. */
function* differences(
  place: Place,
  kind: Kind,
  was: JsonObject,
  is: JsonObject,
  around = { was, is },
): Generator<Difference> {
  if (isSchema(kind) && isRecomposed(was, is)) return yield recomposition(place, was, is);
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [before, after] = [was, is].map((node) => (Object.hasOwn(node, key) ? node[key] : undefined));
    if (equal(before, after)) continue;
    const inside = [...place, key];
    const next = kindAt(kind, key);
    const areNodes = [before, after].every((value) => value === undefined || isObject(value));
    if (kind === "members" && !areNodes) {
      yield { place: inside, event: "changed", keyword: "schema", before, after, isBreaking: true };
    } else if (next === undefined || !areNodes) yield* keywordChanges(place, kind, key, was, is);
    else if (TOLD_WHOLE.has(next) && (before === undefined || after === undefined)) {
      yield presenceChange(inside, next, after, around);
      yield* recursions(inside, after);
    } else yield* differences(inside, next, objectAt(was, key), objectAt(is, key), { was, is });
  }
}

/** These are told as a whole when there was none, or is none any more; of other nodes each part is. */
const TOLD_WHOLE = new Set<Kind>(["value", "body", "media", "member"]);

function presenceChange(
  place: Place,
  kind: Kind,
  after: Json | undefined,
  around: { was: JsonObject; is: JsonObject },
): Difference {
  const isAnswer = directionOf(place) === "response";
  if (after === undefined) {
    const isKept = isAnswer && (kind === "value" || !place[1]?.startsWith("2"));
    return { place, event: "removed", isBreaking: kind === "member" || !isKept };
  }
  const isRequired = (schema: JsonObject) => listAt(schema, "required").includes(place.at(-1) ?? "");
  const isNeeded =
    kind === "member"
      ? isRequired(around.is) && !isRequired(around.was)
      : objectAt({ after }, "after")["required"] === true;
  return { place, event: "added", isBreaking: !isAnswer && isNeeded };
}

/** Where something new holds itself. */
function* recursions(place: Place, node: Json | undefined): Generator<Difference> {
  for (const [key, value] of Object.entries(typeof node === "object" ? (node ?? {}) : {})) {
    if (key === RECURSIVE) yield { place, event: "now", keyword: "recursive", isBreaking: false };
    else yield* recursions([...place, key], value);
  }
}

/** What differs of a node that is no node itself: a bound, a style, a list. */
function* keywordChanges(
  place: Place,
  kind: Kind,
  keyword: string,
  was: JsonObject,
  is: JsonObject,
): Generator<Difference> {
  const [before, after] = [was[keyword], is[keyword]];
  const direction = directionOf(place);
  const changed = (isBreaking: boolean): Difference => ({
    place,
    event: "changed",
    keyword,
    before,
    after,
    isBreaking,
  });
  if (kind === "operation" && keyword === "deprecated") {
    yield { place, event: after === true ? "now" : "no longer", keyword, isBreaking: false };
  } else if (kind === "operation") yield changed(breaksOperation(keyword, before, after));
  else if (keyword === RECURSIVE) yield recomposition(place, was, is);
  else if (keyword === "required" && isSchema(kind)) yield* memberRules(place, was, is);
  else if (keyword === "required") yield ruleChange(place, after === true);
  else if (keyword === "enum" && Array.isArray(before) && Array.isArray(after)) {
    const isIn = (values: Json[]) => (one: Json) => values.some((other) => equal(one, other));
    const [lost, gained] = [
      before.filter((one) => !isIn(after)(one)),
      after.filter((one) => !isIn(before)(one)),
    ];
    for (const value of lost)
      yield { place, event: "removed", keyword, before: value, isBreaking: direction === "request" };
    for (const value of gained) yield { place, event: "added", keyword, after: value, isBreaking: false };
  } else if (isSchema(kind)) yield changed(breaksSchema(direction, keyword, before, after));
  else yield changed(direction === "request" && keyword !== "deprecated" && keyword !== "name");
}

function ruleChange(place: Place, isNow: boolean): Difference {
  const isBreaking = isNow === (directionOf(place) === "request");
  return { place, event: isNow ? "now" : "no longer", keyword: "required", isBreaking };
}

/** Which members must be there. One that is gone altogether is told as removed. */
function* memberRules(place: Place, was: JsonObject, is: JsonObject): Generator<Difference> {
  const [before, after] = [listAt(was, "required"), listAt(is, "required")];
  const [had, has] = [objectAt(was, "properties"), objectAt(is, "properties")];
  for (const name of new Set([...before, ...after].map(String))) {
    const isGone = Object.hasOwn(had, name) && !Object.hasOwn(has, name);
    const isSame = before.includes(name) === after.includes(name);
    if (!isSame && !isGone) yield ruleChange([...place, "properties", name], after.includes(name));
  }
}

/** Keywords that hold whole schemas or stand for one. Where one differs, its neighbours mean something else, too. */
const COMPOSED =
  `allOf anyOf oneOf not if then else prefixItems exclusiveMaximum exclusiveMinimum ${RECURSIVE}`.split(" ");

function isRecomposed(was: JsonObject, is: JsonObject): boolean {
  const keywords = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const differing = keywords.filter((keyword) => !equal(was[keyword], is[keyword]));
  return differing.length > 1 && differing.some((keyword) => COMPOSED.includes(keyword));
}

function recomposition(place: Place, before: JsonObject, after: JsonObject): Difference {
  const isNow = after[RECURSIVE] === true;
  if ((before[RECURSIVE] === true) === isNow) {
    const isBreaking = breaksComposition(directionOf(place), before, after);
    return { place, event: "changed", keyword: "schema", before, after, isBreaking };
  }
  const isHarmless =
    isNow && directionOf(place) === "response" && equal(before, { type: after["type"] ?? null });
  return { place, event: isNow ? "now" : "no longer", keyword: "recursive", isBreaking: !isHarmless };
}
