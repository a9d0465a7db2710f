import { invalidArgument, type RoomTokenOperation } from "./errors.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const API_KEY = /^[\x21-\x7e]+$/;
const BASE_URL = /^https?:\/\/[^\s/?#@\\]+(?:\/[^\s?#\\]*)?$/i;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what HTTP forbids in a header's value
const HEADER_VALUE = /^[^\0-\x08\x0a-\x1f\x7f\u0100-\uffff]*$/;
const OWN_HEADERS = ["authorization", "content-type", "accept"];
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function must(holds: boolean, argument: string, rule: string, operation?: RoomTokenOperation): void {
  if (!holds) throw invalidArgument(argument, rule, operation);
}

/** A room id must be a UUID string, which also makes it safe in a path. */
export function checkRoomId(value: unknown, operation?: RoomTokenOperation): void {
  const holds = typeof value === "string" && UUID.test(value);
  must(holds, "roomId", "a UUID string", operation);
}

/** A TTL may be left out; its bounds are the server's business. */
export function checkTtlSecs(name: string, value: unknown, operation?: RoomTokenOperation): void {
  const holds = value === undefined || (Number.isSafeInteger(value) && Number(value) > 0);
  must(holds, name, "a positive whole number of seconds", operation);
}

export function checkRefreshToken(value: unknown, operation?: RoomTokenOperation): void {
  must(typeof value === "string" && value !== "", "refreshToken", "a non-empty string", operation);
}

export function checkTimeoutMs(value: unknown, operation?: RoomTokenOperation): void {
  const holds = typeof value === "number" && value > 0 && value <= LONGEST_TIMER_MS;
  must(holds, "timeoutMs", `a number of milliseconds above 0, at most ${LONGEST_TIMER_MS}`, operation);
}

export function checkMaxRetries(value: unknown, operation?: RoomTokenOperation): void {
  const holds = Number.isSafeInteger(value) && Number(value) >= 0;
  must(holds, "maxRetries", "a whole number from 0", operation);
}

export function checkSignal(value: AbortSignal | null | undefined, operation?: RoomTokenOperation): void {
  const holds = value === undefined || typeof value?.addEventListener === "function";
  must(holds, "signal", "an AbortSignal", operation);
}

export function checkFunction(name: string, value: unknown): void {
  must(value === undefined || typeof value === "function", name, "a function");
}

export function checkObject<T extends object>(name: string, value: T, operation?: RoomTokenOperation): T {
  must(typeof value === "object" && value !== null, name, "an object", operation);
  return value;
}

/** A key that may be given out as it is, which a pasted "Bearer …" or a line break may not. */
export function checkApiKey(name: string, value: unknown, operation?: RoomTokenOperation): void {
  const holds = typeof value === "string" && API_KEY.test(value);
  must(holds, name, "the bare key, in visible ASCII characters without spaces", operation);
}

/**
 * The base URL without trailing slashes. The raw string is tested too, because URL parsing forgets an empty
 * query or user and quietly drops white space.
 */
export function checkBaseUrl(name: string, value: string, allowInsecureHttp: boolean): string {
  const url = typeof value === "string" && BASE_URL.test(value) ? parseUrl(value) : undefined;
  if (url === undefined) throw invalidArgument(name, "an http(s) URL without user, query and fragment");
  const secure = url.protocol === "https:" || allowInsecureHttp || LOOPBACK.test(url.hostname);
  must(secure, name, "an https URL (or set allowInsecureHttp), except for a loopback host");
  return url.href.replace(/\/+$/, "");
}

/** `URL.canParse` is missing in browsers of 2022. */
function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The headers with their names in lower case, so that a later set overrides an earlier one. */
export function checkHeaders(headers: object, operation?: RoomTokenOperation): Record<string, string> {
  const record = checkObject("headers", headers, operation);
  must(!(Symbol.iterator in record), "headers", "a plain record, not a Headers object or a list", operation);
  return Object.fromEntries(
    Object.entries(record).map(([name, value]): [string, string] => {
      const lowerCase = name.toLowerCase();
      must(HEADER_NAME.test(name), "headers", "a record of valid HTTP names", operation);
      const own = OWN_HEADERS.includes(lowerCase);
      must(!own, "headers", `without ${name}, which the client sets itself`, operation);
      const holds = typeof value === "string" && HEADER_VALUE.test(value);
      must(holds, `headers[${JSON.stringify(name)}]`, "a valid HTTP header value", operation);
      return [lowerCase, value];
    }),
  );
}
