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

/** The room id as given, once it is known to be a UUID string, which makes it safe in a path. */
export function checkRoomId(roomId: unknown, operation?: RoomTokenOperation): string {
  if (typeof roomId === "string" && UUID.test(roomId)) return roomId;
  throw invalidArgument("roomId", "a UUID string such as 0ccc7b54-4df3-4bca-a65a-3da1ecc777f0", operation);
}

/** A TTL in seconds, or undefined; its bounds are the server's business. */
export function checkTtlSecs(name: string, value: unknown, operation?: RoomTokenOperation): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) > 0)) return;
  throw invalidArgument(name, "a positive whole number of seconds", operation);
}

export function checkRefreshToken(value: unknown, operation?: RoomTokenOperation): void {
  if (typeof value === "string" && value !== "") return;
  throw invalidArgument("refreshToken", "a non-empty string", operation);
}

export function checkTimeoutMs(value: unknown, operation?: RoomTokenOperation): void {
  if (typeof value === "number" && value > 0 && value <= LONGEST_TIMER_MS) return;
  throw invalidArgument(
    "timeoutMs",
    `a number of milliseconds from above 0 to ${LONGEST_TIMER_MS}`,
    operation,
  );
}

export function checkMaxRetries(value: unknown, operation?: RoomTokenOperation): void {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return;
  throw invalidArgument("maxRetries", "a whole number from 0", operation);
}

export function checkSignal(value: unknown, operation?: RoomTokenOperation): void {
  const signal = value as AbortSignal | null | undefined;
  if (signal === undefined || typeof signal?.addEventListener === "function") return;
  throw invalidArgument("signal", "an AbortSignal", operation);
}

export function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw invalidArgument(name, "a function");
}

/** An options bag: undefined stands for an empty one, whatever else is no object is refused. */
export function checkBag<T extends object>(name: string, value: T, operation?: RoomTokenOperation): T {
  if (typeof value === "object" && value !== null) return value;
  throw invalidArgument(name, "an object", operation);
}

/** A key that may be given out as it is, which a pasted "Bearer …" or a line break may not. */
export function checkApiKey(name: string, value: unknown, operation?: RoomTokenOperation): string {
  if (typeof value === "string" && API_KEY.test(value)) return value;
  throw invalidArgument(name, "the bare key, in visible ASCII characters without spaces", operation);
}

/**
 * The base URL without trailing slashes. The raw string is tested too, because URL parsing forgets an empty
 * query or user and quietly drops white space.
 */
export function checkBaseUrl(name: string, value: unknown, allowInsecureHttp: boolean): string {
  const url = typeof value === "string" && BASE_URL.test(value) ? parseUrl(value) : undefined;
  if (url === undefined) {
    throw invalidArgument(name, "an http(s) URL without user, query and fragment");
  }
  if (url.protocol === "http:" && !allowInsecureHttp && !LOOPBACK.test(url.hostname)) {
    throw invalidArgument(name, "an https URL (or set allowInsecureHttp), except for a loopback host");
  }
  return url.href.replace(/\/+$/, "");
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The headers with their names in lower case, so that a later set overrides an earlier one. */
export function checkHeaders(value: unknown, operation?: RoomTokenOperation): Record<string, string> {
  if (value === undefined) return {};
  const entries = Object.entries(checkBag("headers", value as object, operation));
  return Object.fromEntries(entries.map(([name, text]) => [checkHeader(name, text, operation), text]));
}

function checkHeader(name: string, value: unknown, operation: RoomTokenOperation | undefined): string {
  if (!HEADER_NAME.test(name)) throw invalidArgument("headers", "a record of valid HTTP names", operation);
  const lowerCase = name.toLowerCase();
  if (OWN_HEADERS.includes(lowerCase)) {
    throw invalidArgument("headers", `without ${name}, which the client sets itself`, operation);
  }
  if (typeof value !== "string" || !HEADER_VALUE.test(value)) {
    throw invalidArgument(`headers[${JSON.stringify(name)}]`, "a valid HTTP header value", operation);
  }
  return lowerCase;
}
