import { isFilled, isObject } from "./values.ts";

/** A renewed client token. The refresh token that renewed it stays in use. */
export interface RefreshedRoomToken {
  /** What the page joins the room with. Opaque. */
  readonly token: string;
  /** When the token expires, by Telnyx's clock. */
  readonly tokenExpiresAt: Date;
}

/** A freshly minted client token with the refresh token that renews it. */
export interface RoomTokenGrant extends RefreshedRoomToken {
  /** Renews the token, as often as needed, until it expires itself. It is not rotated. */
  readonly refreshToken: string;
  /** When the refresh token expires, by Telnyx's clock. */
  readonly refreshTokenExpiresAt: Date;
}

/** The members of a grant as they come from outside. */
export type UncheckedGrant = { readonly [Member in keyof RoomTokenGrant]?: unknown };

/** Thrown for a value that is no grant. Its message says what the value is or has: "a promise", "no token". */
export class NoGrant extends Error {}

/** "2026-11-22T10:10:00Z", "2026-11-22 10:10:00.5+01:00"; the zone may be missing. */
const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)?$/;

/** Makes a renewed token of its members. Throws {@link NoGrant}. */
export function readRefreshed(members: UncheckedGrant): RefreshedRoomToken {
  return { token: readToken(members, "token"), tokenExpiresAt: readTime(members, "tokenExpiresAt") };
}

/**
 * Makes a grant of its members. Throws {@link NoGrant}. A token that is missing is named before a time that is wrong,
 * for it tells more about the slip.
 */
export function readGrant(members: UncheckedGrant): RoomTokenGrant {
  const token = readToken(members, "token");
  const refreshToken = readToken(members, "refreshToken");
  const refreshTokenExpiresAt = readTime(members, "refreshTokenExpiresAt");
  return { token, tokenExpiresAt: readTime(members, "tokenExpiresAt"), refreshToken, refreshTokenExpiresAt };
}

function readToken(members: UncheckedGrant, name: keyof RoomTokenGrant): string {
  const value = members[name];
  if (isFilled(value)) return value;
  throw wrong(name, value, "a non-empty string");
}

/** An RFC 3339 time: text, or an object whose `toJSON` gives it, as a `Date`'s does. Without a zone it is UTC. */
function readTime(members: UncheckedGrant, name: keyof RoomTokenGrant): Date {
  const value = members[name];
  const text: unknown = isObject(value) && typeof value["toJSON"] === "function" ? value["toJSON"]() : value;
  const [, day = "", time, zone = "Z"] = RFC_3339.exec(isFilled(text) ? text : "") ?? [];
  const parsed = new Date(`${day}T${time}${zone.toUpperCase()}`);
  // Engines read 31 February as 3 March.
  const exists = new Date(day).toJSON()?.startsWith(day);
  if (!exists || Number.isNaN(parsed.getTime())) throw wrong(name, value, "an RFC 3339 time");
  return parsed;
}

function wrong(name: keyof RoomTokenGrant, value: unknown, rule: string): NoGrant {
  return new NoGrant(value === undefined ? `no ${name}` : `a ${name} that is not ${rule}`);
}
