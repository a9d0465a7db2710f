import { invalidArgument, type RoomTokenOperation } from "./errors/room-token-error.ts";
import { isFilled, isObject } from "./values.ts";

/** A room id stands in a path: what is no UUID might lead elsewhere. */
const UUID_SHAPE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const API_KEY = /^[\x21-\x7e]+$/;
/** "https://api.telnyx.com/v2": scheme, host with port, path. */
const BASE_URL = /^(https?):\/\/([^\s/?#@\\]+?)(?::\d{1,5})?(?:\/[^\s?#\\]*)?$/i;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what HTTP forbids in a header's value
const HEADER_VALUE = /^[^\0-\x08\x0a-\x1f\x7f\u0100-\uffff]*$/;
const OWN_HEADERS = ["authorization", "content-type", "accept"];
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A rule in the words of the error message, and the check whether a value keeps it. */
type Rule = readonly [words: string, holds: (value: unknown) => boolean];

export const OBJECT: Rule = ["an object", isObject];
export const FUNCTION: Rule = ["a function", (value) => value === undefined || typeof value === "function"];
export const SIGNAL: Rule = ["an AbortSignal", (value) => value === undefined || isSignal(value)];
export const UUID: Rule = ["a UUID string", (value) => typeof value === "string" && UUID_SHAPE.test(value)];
export const FILLED: Rule = ["a non-empty string", isFilled];
export const RETRIES: Rule = ["a whole number, 0 or more", (value) => isWhole(value, 0)];
/** The bounds of a TTL are the server's business. */
export const TTL: Rule = [
  "a positive whole number of seconds",
  (value) => value === undefined || isWhole(value, 1),
];
export const TIMEOUT: Rule = [
  `a number of milliseconds above 0, at most ${LONGEST_TIMER_MS}`,
  (value) => typeof value === "number" && value > 0 && value <= LONGEST_TIMER_MS,
];

/** Checks values, given by the names of their arguments, against one rule. Throws `invalid_argument`. */
export function check(
  [words, holds]: Rule,
  given: Readonly<Record<string, unknown>>,
  operation?: RoomTokenOperation,
): void {
  for (const name in given) if (!holds(given[name])) throw invalidArgument(name, words, operation);
}

/**
 * Refuses a member whose name differs from a known one by case, `_` or `-` alone: it would be ignored, and its
 * author would get another lifetime, key or server than the one meant. Other unknown members pass.
 */
export function checkSpelling(
  argument: "options" | "params",
  given: object,
  names: readonly string[],
  operation?: RoomTokenOperation,
): void {
  for (const member in given) {
    if (names.includes(member)) continue;
    const meant = names.find((name) => sameLetters(name) === sameLetters(member));
    if (meant !== undefined) throw invalidArgument(`${argument}.${member}`, `spelled ${meant}`, operation);
  }
}

function sameLetters(name: string): string {
  return name.replace(/[_-]/g, "").toLowerCase();
}

function must(holds: boolean, argument: string, rule: string, operation?: RoomTokenOperation): void {
  if (!holds) throw invalidArgument(argument, rule, operation);
}

function isSignal(value: unknown): boolean {
  return isObject(value) && typeof value["addEventListener"] === "function";
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least;
}

/** Refuses a key that cannot be sent as it is, such as a pasted "Bearer …" or one with a line break. */
export function checkApiKey(name: string, value: unknown, operation?: RoomTokenOperation): void {
  must(value !== "", name, "a key, and not an empty string (pass null for no key)", operation);
  const holds = typeof value === "string" && API_KEY.test(value);
  must(holds, name, "the bare key, in visible ASCII characters without spaces", operation);
}

/** The base URL as given, without trailing slashes. Its parts are read by a pattern: React Native has no URL getters. */
export function checkBaseUrl(name: string, value: unknown, allowInsecureHttp: boolean): string {
  const [url, scheme = "", host = ""] = (typeof value === "string" && BASE_URL.exec(value)) || [];
  if (url === undefined || !isUrl(url))
    throw invalidArgument(name, "an http(s) URL without user, query and fragment");
  const secure = scheme.toLowerCase() === "https" || allowInsecureHttp || LOOPBACK.test(host);
  must(secure, name, "an https URL (or set allowInsecureHttp), except for a loopback host");
  return url.replace(/\/+$/, "");
}

function isUrl(text: string): boolean {
  try {
    return new URL(text) !== undefined; // it throws for a text that is no URL
  } catch {
    return false;
  }
}

/** The given headers with their names in lower case. One that is undefined is left out. */
export function checkHeaders(headers: object, operation?: RoomTokenOperation): Record<string, string> {
  const isRecord = isObject(headers) && !(Symbol.iterator in headers);
  must(isRecord, "headers", "a plain record, not a Headers object or a list", operation);
  const checked: [name: string, value: string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const lowerCase = name.toLowerCase();
    must(HEADER_NAME.test(name), "headers", "a record whose names are valid HTTP header names", operation);
    const own = OWN_HEADERS.includes(lowerCase);
    must(!own, "headers", `without ${name}, which the client sets itself`, operation);
    if (value === undefined) continue;
    const holds = typeof value === "string" && HEADER_VALUE.test(value);
    must(holds, `headers[${JSON.stringify(name)}]`, "a valid HTTP header value", operation);
    checked.push([lowerCase, value]);
  }
  return Object.fromEntries(checked);
}
