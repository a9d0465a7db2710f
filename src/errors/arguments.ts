import { isNonEmptyString, isObject, peek } from "../lib/values.ts";
import { redactor } from "./redact.ts";
import { RoomTokenError, type RoomTokenOperation } from "./room-token-error.ts";

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A room id stands in a path: what is no UUID could lead elsewhere. */
const UUID_SHAPE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns what is wrong with a value and what to do, to follow the argument's name; undefined for a valid value. */
export type Rule = (value: unknown) => string | undefined;

export function rule(test: (value: unknown) => boolean, words: string): Rule {
  return (value) => (test(value) ? undefined : words);
}

export const OBJECT: Rule = rule(isObject, "must be an object");
export const FUNCTION: Rule = rule((value) => typeof value === "function", "must be a function");
export const BOOLEAN: Rule = rule((value) => typeof value === "boolean", "must be true or false");
export const SIGNAL: Rule = rule(
  (value) => typeof peek(value, "addEventListener") === "function",
  "must be an AbortSignal",
);
export const ROOM_ID: Rule = rule(
  (value) => typeof value === "string" && UUID_SHAPE.test(value),
  "must be a UUID string: the room's `id`, not its `unique_name`",
);
export const NON_EMPTY_STRING: Rule = rule(isNonEmptyString, "must be a non-empty string");
export const MAX_RETRIES: Rule = rule((value) => isWhole(value, 0), "must be a whole number, 0 or more");
/** The server knows the bounds of a TTL. */
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

/** Throws `invalid_argument` for a value that breaks the rule. */
export function assertArgument(
  argument: string,
  value: unknown,
  keepsRule: Rule,
  operation?: RoomTokenOperation,
): void {
  const problem = keepsRule(value);
  if (problem !== undefined) throw invalidArgument(argument, problem, operation);
}

interface Member<Value> {
  readonly rule: Rule;
  /** Takes the place of undefined. */
  readonly default?: NonNullable<Value>;
  readonly required?: true;
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
 * Reads options or parameters, each member once, and checks them. Throws `invalid_argument` for a member that breaks
 * its rule, and for an unknown one: it would silently mean something else than its author intended.
 *
 * @param argument `options` or `params`, for the message.
 * @param passedOver Members that are known but not read.
 */
export function readMembers<Members extends object, Table extends MemberTable<Members>>(
  argument: string,
  given: Members,
  table: Table,
  operation?: RoomTokenOperation,
  passedOver: readonly string[] = [],
): ReadMembers<Members, Table> {
  assertArgument(argument, given, OBJECT, operation);
  const names = Object.keys(table);
  const { values, unknown } = readEach(argument, given, names, operation);
  const surplus = unknown.find((name) => !passedOver.includes(name));
  if (surplus !== undefined) {
    const shown = redactor([])(JSON.stringify(surplus));
    throw invalidArgument(argument, `has the unknown member ${shown}: use ${names.join(", ")}`, operation);
  }
  const members: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const member = table[name as keyof Members];
    const value = values[index];
    if (value !== undefined || member.required) assertArgument(name, value, member.rule, operation);
    members[name] = value === undefined ? member.default : value;
  }
  return members as ReadMembers<Members, Table>;
}

function readEach(
  argument: string,
  given: object,
  names: readonly string[],
  operation: RoomTokenOperation | undefined,
): { values: unknown[]; unknown: string[] } {
  try {
    const values = names.map((name) => given[name as keyof typeof given]);
    return { values, unknown: Object.keys(given).filter((name) => !names.includes(name)) };
  } catch {
    throw invalidArgument(argument, "must be readable: one of its getters or a proxy threw", operation);
  }
}
