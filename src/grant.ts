import type { CreateData, RefreshData } from "./bindings.ts";

/** A freshly minted client token with the refresh token that renews it. */
export interface RoomTokenGrant {
  /** What the page joins the room with. Opaque. */
  readonly token: string;
  readonly tokenExpiresAt: Date;
  /** Renews the token, as often as needed, until it expires itself; it is not rotated. */
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
}

/** A renewed client token; the refresh token that renewed it stays in use. */
export interface RefreshedRoomToken {
  readonly token: string;
  readonly tokenExpiresAt: Date;
}

/** Telnyx's data as declared, but not trusted to be so. */
type Unchecked<T> = { readonly [K in keyof T]?: unknown };

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)?$/;

/** The token in a success answer's `data`, or what is wrong with it. */
export function readRefreshed(data: Unchecked<RefreshData>): RefreshedRoomToken | string {
  const { token } = data;
  const tokenExpiresAt = parseTime(data.token_expires_at);
  if (!isFilled(token)) return "data.token is not a non-empty string";
  if (tokenExpiresAt === undefined) return "data.token_expires_at is not an RFC 3339 time";
  return { token, tokenExpiresAt };
}

/** The grant in a success answer's `data`, or what is wrong with it. */
export function readGrant(data: Unchecked<CreateData>): RoomTokenGrant | string {
  const refreshed = readRefreshed(data);
  if (typeof refreshed === "string") return refreshed;
  const refreshToken = data.refresh_token;
  const refreshTokenExpiresAt = parseTime(data.refresh_token_expires_at);
  if (!isFilled(refreshToken)) return "data.refresh_token is not a non-empty string";
  if (refreshTokenExpiresAt === undefined) return "data.refresh_token_expires_at is not an RFC 3339 time";
  const { token, tokenExpiresAt } = refreshed;
  return { token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt };
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** An RFC 3339 time; one without a zone is read as UTC, not as local time. */
function parseTime(value: unknown): Date | undefined {
  const match = typeof value === "string" ? RFC_3339.exec(value) : null;
  if (match === null) return undefined;
  const [, day, time, zone = "Z"] = match;
  const parsed = new Date(`${day}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
