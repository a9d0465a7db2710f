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

/** Says which member of a grant is missing or wrong. */
export class MemberProblem extends Error {
  readonly member: keyof RoomTokenGrant;
  readonly rule: string;

  constructor(member: keyof RoomTokenGrant, rule: string) {
    super(`${member} is not ${rule}`);
    this.member = member;
    this.rule = rule;
  }
}

/** "2026-11-22T10:10:00Z", "2026-11-22 10:10:00.5+01:00"; the zone may be missing. */
const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)?$/;

/** Makes a renewed token of its members. Throws {@link MemberProblem}. */
export function readRefreshed({ token, tokenExpiresAt }: UncheckedGrant): RefreshedRoomToken {
  return {
    token: readToken("token", token),
    tokenExpiresAt: readTime("tokenExpiresAt", tokenExpiresAt),
  };
}

/** Makes a grant of its members. Throws {@link MemberProblem}. */
export function readGrant(members: UncheckedGrant): RoomTokenGrant {
  const { token, tokenExpiresAt } = readRefreshed(members);
  return {
    token,
    tokenExpiresAt,
    refreshToken: readToken("refreshToken", members.refreshToken),
    refreshTokenExpiresAt: readTime("refreshTokenExpiresAt", members.refreshTokenExpiresAt),
  };
}

function readToken(member: keyof RoomTokenGrant, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new MemberProblem(member, "a non-empty string");
}

/** An RFC 3339 time, as text or as a Date. A time without a zone is read as UTC, not as local time. */
function readTime(member: keyof RoomTokenGrant, value: unknown): Date {
  const [, day = "", time, zone = "Z"] = RFC_3339.exec(isoText(value)) ?? [];
  const parsed = new Date(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(parsed.getTime()) || !exists(day)) throw new MemberProblem(member, "an RFC 3339 time");
  return parsed;
}

/** Whether a day exists: engines read 31 February as 3 March. */
function exists(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(-2));
}

/** Not by `instanceof Date`, which a Date of another window is not. */
function isoText(value: unknown): string {
  if (typeof value === "string") return value;
  const isDate = Object.prototype.toString.call(value) === "[object Date]";
  return isDate ? (new Date(value as Date).toJSON() ?? "") : "";
}
