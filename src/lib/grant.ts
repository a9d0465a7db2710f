import { isNonEmptyString, isObject } from "./values.ts";

/** A client token, as `refresh` returns it. */
export interface RefreshedRoomToken {
  /** The client token that the SDK needs to join the room. A secret. */
  readonly token: string;
  /** When the token expires, in server time. */
  readonly tokenExpiresAt: Date;
}

/** A client token and the refresh token that renews it, as `create` returns them. */
export interface RoomTokenGrant extends RefreshedRoomToken {
  /** Renews the token any number of times until it expires itself. It is not rotated. A secret. */
  readonly refreshToken: string;
  /** When the refresh token expires, in server time. */
  readonly refreshTokenExpiresAt: Date;
}

/** Thrown for a value that is not a grant. Its message says what is wrong with the value, such as "no token". */
export class InvalidGrant extends Error {}

const DAY_MS = 86_400_000;
/**
 * "2026-11-22T10:10:00Z", "2026-11-22 10:10:00.5+01:00"; the zone may be missing. `Date` rejects a time of day that does
 * not exist, except 24:00.
 */
const RFC_3339 = /^(\d{4}-\d\d-(\d\d))[Tt ]((?!24)\d\d:\d\d:)(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$/;

/**
 * Returns a value that has to be a token.
 *
 * @param name The member it came from, for the message.
 * @throws InvalidGrant
 */
export function readToken(name: string, value: unknown): string {
  if (isNonEmptyString(value)) return value;
  throw invalid(name, value, "a non-empty string");
}

/**
 * Returns a value that has to be a time: text as RFC 3339 has it (without a zone it is UTC), or a `Date`.
 *
 * @param name The member it came from, for the message.
 * @throws InvalidGrant
 */
export function readTime(name: string, value: unknown): Date {
  const time = parseTime(textOf(value));
  if (time === undefined) throw invalid(name, value, "an RFC 3339 time");
  return time;
}

/** A `Date` in ISO form, any other value as it is. Not by `toJSON`, which applications replace. */
function textOf(value: unknown): unknown {
  try {
    return isObject(value) && typeof value["toISOString"] === "function" ? value["toISOString"]() : value;
  } catch {
    return undefined; // an invalid Date
  }
}

function parseTime(text: unknown): Date | undefined {
  const parts = typeof text === "string" ? RFC_3339.exec(text) : null;
  if (parts === null) return undefined;
  const [, day = "", dayOfMonth, minutes, seconds, fraction = "", zone = "Z"] = parts;
  // Engines read 31 February as 3 March, and reject a leap second.
  if (new Date(day).getUTCDate() !== Number(dayOfMonth)) return undefined;
  const isLeapSecond = seconds === "60";
  const time = new Date(`${day}T${minutes}${isLeapSecond ? "59" : seconds}${fraction}${zone.toUpperCase()}`);
  // Only the last second of a day can be one.
  if (isLeapSecond && time.setUTCSeconds(60, 0) % DAY_MS !== 0) return undefined;
  const year = time.getUTCFullYear();
  return year >= 0 && year <= 9999 ? time : undefined; // NaN is neither
}

function invalid(name: string, value: unknown, rule: string): InvalidGrant {
  return new InvalidGrant(value === undefined ? `no ${name}` : `a ${name} that is not ${rule}`);
}
