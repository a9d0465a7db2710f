import {
  assertArgument,
  invalidArgument,
  quoteName,
  type Rule,
  readSafely,
  rule,
} from "../errors/arguments.ts";
import type { RoomTokenOperation } from "../errors/room-token-error.ts";
import { isObject, peek } from "../lib/values.ts";

const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what HTTP forbids in a header's value
const VALUE = /^[^\0-\x08\x0a-\x1f\x7f\u0100-\uffff]*$/;
const SET_BY_CLIENT = ["authorization", "content-type", "accept"];
/** fetch sets these, ignores them, or fails because of them. */
const LEFT_TO_FETCH = [
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

export const HEADERS: Rule = rule(
  (value) => isObject(value) && peek(value, Symbol.iterator) === undefined,
  "must be a plain record, not a Headers object or a list",
);
const HEADER_VALUE: Rule = rule(
  (value) => typeof value === "string" && VALUE.test(value),
  "must be a valid HTTP header value",
);

/**
 * The given headers with their names in lower case, without those that are undefined.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function readHeaders(
  headers: Readonly<Record<string, string | undefined>>,
  operation?: RoomTokenOperation,
): Record<string, string> {
  const read: [name: string, value: string][] = [];
  for (const [name, value] of readSafely("headers", () => Object.entries(headers), operation)) {
    const problem = problemOfName(name);
    if (problem !== undefined) throw invalidArgument("headers", problem, operation);
    if (value === undefined) continue;
    assertArgument(`headers[${quoteName(name)}]`, value, HEADER_VALUE, operation);
    read.push([name.toLowerCase(), value]);
  }
  return Object.fromEntries(read);
}

function problemOfName(name: string): string | undefined {
  const lowerCase = name.toLowerCase();
  if (!NAME.test(name)) return "must be a record whose names are valid HTTP header names";
  if (SET_BY_CLIENT.includes(lowerCase)) return `must not contain ${name}, which the client sets itself`;
  if (LEFT_TO_FETCH.includes(lowerCase)) return `must not contain ${name}, which is left to fetch`;
  return undefined;
}
