import { parseTime, type RoomTokenGrant } from "../grant.ts";
import { isObject } from "../json.ts";

/** A renewed token as it comes from a callback: with a `Date`, or with the ISO string that JSON makes of it. */
export interface RefreshedRoomTokenInput {
  readonly token: string;
  readonly tokenExpiresAt: Date | string;
}

/** A grant as it comes: with `Date`s, or with the ISO strings that JSON makes of them. */
export interface RoomTokenGrantInput extends RefreshedRoomTokenInput {
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date | string;
  /** When the token was asked for, in epoch milliseconds of this device's clock; a saved `session.grant` has it. */
  readonly receivedAt?: number | undefined;
}

/** What a session holds, to be stored as an object or as JSON and given to a new session. */
export interface SavedRoomTokenGrant extends RoomTokenGrant {
  readonly receivedAt: number;
}

/** The grant in what somebody gave, or what is wrong with it. */
export function readGrant(given: unknown): RoomTokenGrant | string {
  const { token, refreshToken, ...dates } = isObject(given) ? given : {};
  if (!isFilled(token)) return "token is not a non-empty string";
  if (!isFilled(refreshToken)) return "refreshToken is not a non-empty string";
  const tokenExpiresAt = toDate(dates["tokenExpiresAt"]);
  if (tokenExpiresAt === undefined) return "tokenExpiresAt is not a date";
  const refreshTokenExpiresAt = toDate(dates["refreshTokenExpiresAt"]);
  if (refreshTokenExpiresAt === undefined) return "refreshTokenExpiresAt is not a date";
  return { token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt };
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** A date of its own, so that nobody else can change it; undefined where there is none. */
function toDate(value: unknown): Date | undefined {
  if (!(value instanceof Date)) return parseTime(value);
  return Number.isNaN(value.getTime()) ? undefined : new Date(value);
}
