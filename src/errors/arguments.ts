import { isNonEmptyString, isObject, peek } from "../lib/values.ts";
import { redactor } from "./redact.ts";
import { RoomTokenError, type RoomTokenOperation } from "./room-token-error.ts";

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A room id stands in a path: what is not a UUID could lead elsewhere. */
const UUID_SHAPE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns what is wrong with a value and what to do, to follow the argument's name; undefined for a valid value. */
export type Rule = (value: unknown) => string | undefined;

/** Makes a rule: `test` tells valid values. The annotation lets bundlers drop the rules that nobody uses. */
/* @__NO_SIDE_EFFECTS__ */
export function rule(test: (value: unknown) => boolean, problem: string): Rule {
  return (value) => (test(value) ? undefined : problem);
}

/** An AbortSignal or a Promise, told by its tag, would silently count as options without members. */
const OBJECT: Rule = rule(
  (value) => isObject(value) && !peek(value, Symbol.toStringTag),
  "must be an object",
);
/** For a member that is checked elsewhere. */
export const CHECKED_LATER: Rule = () => undefined;
export const FUNCTION: Rule = rule((value) => typeof value === "function", "must be a function");
export const BOOLEAN: Rule = rule((value) => typeof value === "boolean", "must be true or false");
export const SIGNAL: Rule = rule(
  (value) =>
    typeof peek(value, "aborted") === "boolean" && typeof peek(value, "addEventListener") === "function",
  "must be an AbortSignal",
);
export const ROOM_ID: Rule = rule(
  (value) => typeof value === "string" && UUID_SHAPE.test(value),
  "must be a UUID string: the room's `id`, not its `unique_name`",
);
export const NON_EMPTY_STRING: Rule = rule(isNonEmptyString, "must be a non-empty string");
export const MAX_RETRIES: Rule = rule((value) => isWhole(value, 0), "must be a whole number, 0 or more");
/** Its bounds are left to Telnyx, which may change them. */
export const TTL_SECS: Rule = rule(
  (value) => isWhole(value, 1),
  "must be a positive whole number of seconds",
);
export const TIMEOUT_MS: Rule = rule(
  (value) => typeof value === "number" && value > 0 && value <= LONGEST_TIMER_MS,
  `must be a number of milliseconds above 0, at most ${LONGEST_TIMER_MS}`,
);

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least;
}

/** The error of an argument. It names the argument and says what to do, never the value. */
export function invalidArgument(
  argument: string,
  problem: string,
  operation?: RoomTokenOperation,
): RoomTokenError {
  return new RoomTokenError("invalid_argument", `${argument} ${problem}`, { operation });
}

/**
 * Checks a value by a rule.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function assertArgument(
  argument: string,
  value: unknown,
  rule: Rule,
  operation?: RoomTokenOperation,
): void {
  const problem = rule(value);
  if (problem !== undefined) throw invalidArgument(argument, problem, operation);
}

interface Member<Value> {
  readonly rule: Rule;
  /** Takes the place of undefined. */
  readonly default?: NonNullable<Value>;
}

/** The members of an interface of options or parameters, each with its rule and default. */
export type MemberTable<Members> = { readonly [Name in keyof Members]-?: Member<Members[Name]> };

/** The members as read: one with a default is never undefined. */
export type ReadMembers<Members, Table> = {
  readonly [Name in keyof Members & keyof Table]-?: Table[Name] extends { readonly default: unknown }
    ? NonNullable<Members[Name]>
    : Members[Name];
};

/**
 * Reads options or parameters, each member once, and checks those that are not undefined.
 *
 * @param argument `options` or `params`, for the message.
 * @param ignored Members that are known but not read.
 * @throws RoomTokenError `invalid_argument`: a member breaks its rule, or is unknown; that one would silently mean
 * something else than its author intended.
 */
export function readMembers<Members extends object, Table extends MemberTable<Members>>(
  argument: string,
  given: Members,
  table: Table,
  operation?: RoomTokenOperation,
  ignored: readonly string[] = [],
): ReadMembers<Members, Table> {
  assertArgument(argument, given, OBJECT, operation);
  const names = Object.keys(table) as (keyof Members & string)[];
  const isUnknown = (name: string) => !(names as string[]).includes(name) && !ignored.includes(name);
  const members: Record<string, unknown> = {};
  const read = () => {
    for (const name of names) members[name] = given[name];
    return Object.keys(given).find(isUnknown);
  };
  const unknownName = readSafely(argument, read, operation);
  if (unknownName !== undefined) {
    const problem = `must not contain ${quoteName(unknownName)}; it may contain ${names.join(", ")}`;
    throw invalidArgument(argument, problem, operation);
  }
  for (const name of names) {
    const { rule, default: usual } = table[name];
    if (members[name] === undefined) members[name] = usual;
    else assertArgument(name, members[name], rule, operation);
  }
  return members as ReadMembers<Members, Table>;
}

/**
 * Reads from an argument whose getters, or the traps of a proxy, may throw.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function readSafely<T>(argument: string, read: () => T, operation?: RoomTokenOperation): T {
  try {
    return read();
  } catch {
    throw invalidArgument(argument, "must be readable: a getter or proxy threw", operation);
  }
}

/** A member's name as a message shows it: it may be a secret by mistake. */
export function quoteName(name: string): string {
  return redactor([])(JSON.stringify(name));
}
