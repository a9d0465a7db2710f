import { validateHeaderValue } from "node:http";
import { BOOLEAN, type MemberTable, ROOM_ID, type Rule, readMembers, rule } from "../errors/arguments.ts";
import { isObject } from "../lib/values.ts";
import { headersOf } from "./responses.ts";

/** Options of {@link startSandbox}. */
export interface SandboxOptions {
  /**
   * The port on 127.0.0.1: a whole number from 0 to 65535. 0 takes any free one.
   * @default 0
   */
  readonly port?: number | undefined;
  /**
   * The API key that the sandbox accepts: visible ASCII characters. It opens nothing else.
   * @default "KEY_of_the_sandbox"
   */
  readonly apiKey?: string | undefined;
  /**
   * The `id` of the one room that exists, a UUID.
   * @default "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0", the room of the quick start
   */
  readonly roomId?: string | undefined;
}

/** What the next requests get in place of their response. It is a fault of Telnyx's, for `endpoint` as well. */
export interface SandboxFault {
  /**
   * The HTTP status: a whole number from 200 to 599.
   * @default 500
   */
  readonly status?: number | undefined;
  /**
   * Further headers, such as `{ "Retry-After": "17" }`.
   * @default those of Telnyx alone
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * A string is sent as it is, anything else as JSON.
   * @default an error in Telnyx's form; for 401, 403, 404 and 429 with Telnyx's code and title
   */
  readonly body?: unknown;
  /**
   * Cuts the connection without a response; status, headers and body are not sent then.
   * @default false
   */
  readonly dropConnection?: boolean | undefined;
  /**
   * How many requests get it: a whole number, 1 or more; `Infinity` for all until `reset()`.
   * @default 1
   */
  readonly times?: number | undefined;
}

/** How the sandbox behaves until the next `set()` or `reset()`. */
export interface SandboxSettings {
  /**
   * How long each request waits for its response, in milliseconds: 0 to 2^31-1.
   * @default 0
   */
  readonly latencyMs?: number | undefined;
  /**
   * How many requests are allowed within a minute: a whole number, 0 or more. Any further one gets status 429, with
   * `x-ratelimit-reset` and without `Retry-After`, as Telnyx sends it.
   * @default 10000000
   */
  readonly requestsPerMinute?: number | undefined;
  /**
   * Cuts every connection without a response: an outage.
   * @default false
   */
  readonly dropConnections?: boolean | undefined;
}

/** The options, checked and completed. */
export interface CheckedOptions {
  readonly port: number;
  readonly apiKey: string;
  readonly roomId: string;
}

/** A fault, checked, completed, and written out as it is sent. */
export interface CheckedFault {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly dropConnection: boolean;
  readonly times: number;
}

/** The settings, completed. */
export interface CheckedSettings {
  readonly latencyMs: number;
  readonly requestsPerMinute: number;
  readonly dropConnections: boolean;
}

export const DEFAULTS: CheckedOptions = {
  port: 0,
  apiKey: "KEY_of_the_sandbox",
  roomId: "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
};

export const DEFAULT_SETTINGS: CheckedSettings = {
  latencyMs: 0,
  requestsPerMinute: 10_000_000,
  dropConnections: false,
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** About 31 years: RFC 3339, in which expiry dates are written, ends with the year 9999. */
const LONGEST_ADVANCE_MS = 1e12;

function wholeNumber(least: number, most: number, words: string): Rule {
  const test = (value: unknown) => {
    return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
  };
  return rule(test, `must be a whole number${words}`);
}

function milliseconds(most: number): Rule {
  const test = (value: unknown) => typeof value === "number" && value >= 0 && value <= most;
  return rule(test, `must be a number of milliseconds from 0 to ${most}`);
}

const PORT: Rule = wholeNumber(0, 65_535, " from 0 to 65535");
const API_KEY: Rule = rule(
  (value) => typeof value === "string" && /^[\x21-\x7e]+$/.test(value),
  "must be a non-empty string of visible ASCII characters",
);
export const ADVANCE_MS: Rule = milliseconds(LONGEST_ADVANCE_MS);

const TIMES: Rule = (value) =>
  value === Number.POSITIVE_INFINITY
    ? undefined
    : wholeNumber(1, Number.MAX_SAFE_INTEGER, ", 1 or more, or Infinity")(value);
const HEADERS: Rule = rule(areHeaders, "must be an object of header names and strings that HTTP allows");
const JSON_VALUE: Rule = rule(isJsonValue, "must be a string, or a value that JSON.stringify takes");

function areHeaders(value: unknown): boolean {
  if (!isObject(value) || Object.values(value).some((text) => typeof text !== "string")) return false;
  try {
    // Both throw for what HTTP does not allow; only the second rejects all control characters.
    for (const [name, text] of new Headers(value as Record<string, string>)) validateHeaderValue(name, text);
    return true;
  } catch {
    return false;
  }
}

function isJsonValue(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false; // a circular reference, a bigint
  }
}

const OPTIONS = {
  port: { rule: PORT, default: DEFAULTS.port },
  apiKey: { rule: API_KEY, default: DEFAULTS.apiKey },
  roomId: { rule: ROOM_ID, default: DEFAULTS.roomId },
} satisfies MemberTable<SandboxOptions>;

const NO_HEADERS: Readonly<Record<string, string>> = {};

const FAULT = {
  status: { rule: wholeNumber(200, 599, " from 200 to 599"), default: 500 },
  headers: { rule: HEADERS, default: NO_HEADERS },
  body: { rule: JSON_VALUE },
  dropConnection: { rule: BOOLEAN, default: false },
  times: { rule: TIMES, default: 1 },
} satisfies MemberTable<SandboxFault>;

const SETTINGS = {
  latencyMs: { rule: milliseconds(LONGEST_TIMER_MS) },
  requestsPerMinute: { rule: wholeNumber(0, Number.MAX_SAFE_INTEGER, ", 0 or more") },
  dropConnections: { rule: BOOLEAN },
} satisfies MemberTable<SandboxSettings>;

export function readOptions(options: SandboxOptions): CheckedOptions {
  return readMembers("options", options, OPTIONS);
}

export function readFault(fault: SandboxFault): CheckedFault {
  const { headers, body, ...rest } = readMembers("fault", fault, FAULT);
  return {
    ...rest,
    headers: headersOf(headers),
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

/** The settings as they are after a change. What is left out stays. */
export function changeSettings(settings: CheckedSettings, change: SandboxSettings): CheckedSettings {
  const {
    latencyMs = settings.latencyMs,
    requestsPerMinute = settings.requestsPerMinute,
    dropConnections = settings.dropConnections,
  } = readMembers("settings", change, SETTINGS);
  return { latencyMs, requestsPerMinute, dropConnections };
}
