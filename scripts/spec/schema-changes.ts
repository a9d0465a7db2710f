import { added, code, type Difference, type Direction, removed } from "./change.ts";
import { equal, isObject, type Json, type JsonObject, listAt, objectAt } from "./json.ts";

/** Where a schema stands. */
export interface Place {
  /** What the whole is called in a sentence, such as "201 body". */
  readonly whole: string;
  /** What comes before a member's name, such as "201 ". */
  readonly prefix: string;
  /** The member, such as `data.token`; empty for the whole. */
  readonly name: string;
  readonly direction: Direction;
}

const LOWER_BOUNDS = new Set(
  "exclusiveMinimum minContains minItems minLength minProperties minimum".split(" "),
);
const UPPER_BOUNDS = new Set(
  "exclusiveMaximum maxContains maxItems maxLength maxProperties maximum".split(" "),
);
const CHOICES = new Set(["anyOf", "oneOf"]);
const NO_RULE = new Set("contentEncoding contentMediaType default deprecated discriminator".split(" "));
const DESCENDED = new Set(["items", "properties", "required"]);

/** What differs between two schemas in normal form that stand at the same place. */
export function* schemaChanges(place: Place, before: Json, after: Json): Generator<Difference> {
  if (equal(before, after)) return;
  if (!isObject(before) || !isObject(after)) {
    yield { subject: subjectOf(place), what: "schema", before, after, isBreaking: true };
    return;
  }
  for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (DESCENDED.has(keyword) || equal(before[keyword], after[keyword])) continue;
    yield* keywordChanges(place, keyword, before[keyword], after[keyword]);
  }
  yield* memberChanges(place, before, after);
  const [oldItems, newItems] = [before["items"] ?? {}, after["items"] ?? {}];
  yield* schemaChanges({ ...place, name: `${place.name}[]` }, oldItems, newItems);
}

function subjectOf({ whole, prefix, name }: Place): string {
  return name === "" ? whole : `${prefix}${code(name)}`;
}

function* keywordChanges(
  place: Place,
  keyword: string,
  before: Json | undefined,
  after: Json | undefined,
): Generator<Difference> {
  const subject = subjectOf(place);
  if (keyword === "enum" && Array.isArray(before) && Array.isArray(after)) {
    for (const value of before.filter((old) => !after.some((now) => equal(old, now)))) {
      yield removed(`${subject} value ${code(JSON.stringify(value))}`, place.direction === "request");
    }
    for (const value of after.filter((now) => !before.some((old) => equal(old, now)))) {
      yield added(`${subject} value ${code(JSON.stringify(value))}`);
    }
    return;
  }
  const isBreaking = breaks(place.direction, keyword, before, after);
  yield { subject, what: keyword, before, after, isBreaking };
}

function breaks(direction: Direction, keyword: string, before?: Json, after?: Json): boolean {
  if (NO_RULE.has(keyword)) return false;
  if (keyword === "type") return !accepts(direction, asList(before), asList(after));
  if (CHOICES.has(keyword) && before !== undefined && after !== undefined) {
    return !accepts(direction, asList(before), asList(after));
  }
  if (direction === "response") return keyword === "allOf" || CHOICES.has(keyword);
  if (after === undefined) return false;
  if (typeof before !== "number" || typeof after !== "number") return true;
  if (LOWER_BOUNDS.has(keyword)) return after > before;
  if (UPPER_BOUNDS.has(keyword)) return after < before;
  return true;
}

/** A request may send what it always sent; a response holds nothing that it never held. No type is any type. */
function accepts(direction: Direction, before: Json[], after: Json[]): boolean {
  const [narrow, wide] = direction === "request" ? [before, after] : [after, before];
  if (wide.length === 0) return true;
  return narrow.length > 0 && narrow.every((one) => wide.some((other) => equal(one, other)));
}

function asList(value: Json | undefined): Json[] {
  return value === undefined ? [] : [value].flat();
}

function* memberChanges(place: Place, before: JsonObject, after: JsonObject): Generator<Difference> {
  const [had, has] = [objectAt(before, "properties"), objectAt(after, "properties")];
  const [hadToBe, hasToBe] = [listAt(before, "required"), listAt(after, "required")];
  const isRequest = place.direction === "request";
  for (const name of new Set(
    [...Object.keys(had), ...hadToBe, ...Object.keys(has), ...hasToBe].map(String),
  )) {
    const member = { ...place, name: place.name === "" ? name : `${place.name}.${name}` };
    const subject = subjectOf(member);
    const [old, now] = [had[name], has[name]];
    const [wasRequired, isRequired] = [hadToBe.includes(name), hasToBe.includes(name)];
    if (old !== undefined && now === undefined) {
      yield removed(subject, true);
      continue;
    }
    if (old === undefined && now !== undefined) yield added(subject, isRequest && isRequired && !wasRequired);
    if (!wasRequired && isRequired) yield { subject, what: "now required", isBreaking: isRequest };
    if (wasRequired && !isRequired) yield { subject, what: "no longer required", isBreaking: !isRequest };
    if (old !== undefined && now !== undefined) yield* schemaChanges(member, old, now);
  }
}
