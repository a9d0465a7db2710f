import { defaultPathSerializer } from "openapi-fetch";
import type { paths } from "../generated/rooms-client-tokens.ts";
import { check, isFilled } from "./checks.ts";
import type { BearerSource, Call, CallSettings } from "./retry.ts";

export type { paths } from "../generated/rooms-client-tokens.ts";

const CREATE = "/rooms/{room_id}/actions/generate_join_client_token";
const REFRESH = "/rooms/{room_id}/actions/refresh_client_token";

type Create = paths[typeof CREATE]["post"];
type Refresh = paths[typeof REFRESH]["post"];
/** What is undefined in it is left out by JSON. */
type Body<Operation extends Create | Refresh> = Undefinable<
  Operation["requestBody"]["content"]["application/json"]
>;
type Undefinable<T> = { readonly [K in keyof T]: T[K] | undefined };
type Data<Operation extends Create | Refresh> = NonNullable<
  Operation["responses"][201]["content"]["application/json"]["data"]
>;

/** How long the tokens of a create shall live. */
export interface CreateParams {
  /**
   * Lifetime of the client token, in seconds: a whole number; Telnyx accepts 10 to 3600.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
  /**
   * Lifetime of the refresh token, in seconds: a whole number; Telnyx accepts 60 to 86400.
   * @default 3600, by Telnyx
   */
  readonly refreshTokenTtlSecs?: number | undefined;
}

/** What a refresh needs. */
export interface RefreshParams {
  /** The refresh token of the grant. It is not rotated: the same one is used until it expires. */
  readonly refreshToken: string;
  /**
   * Lifetime of the new client token, in seconds: a whole number; Telnyx accepts 10 to 3600.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
}

/** A renewed client token; the refresh token that renewed it stays in use. */
export interface RefreshedRoomToken {
  /** What the page joins the room with. Opaque. */
  readonly token: string;
  readonly tokenExpiresAt: Date;
}

/** A freshly minted client token with the refresh token that renews it. */
export interface RoomTokenGrant extends RefreshedRoomToken {
  /** Renews the token, as often as needed, until it expires itself; it is not rotated. */
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
}

/** The call that mints, once its arguments are found good. */
export function createCall(
  roomId: string,
  params: CreateParams,
  settings: CallSettings,
  bearer: BearerSource | undefined,
): Call<RoomTokenGrant> {
  check({ params }, "create");
  const { tokenTtlSecs, refreshTokenTtlSecs } = params;
  check({ roomId, tokenTtlSecs, refreshTokenTtlSecs }, "create");
  const body: Body<Create> = { token_ttl_secs: tokenTtlSecs, refresh_token_ttl_secs: refreshTokenTtlSecs };
  return {
    operation: "create",
    url: urlOf(settings, CREATE, { room_id: roomId }),
    body: JSON.stringify(body),
    settings,
    secrets: [],
    bearer,
    read: readGrant,
  };
}

/** The call that refreshes, once its arguments are found good. It never carries a bearer. */
export function refreshCall(
  roomId: string,
  params: RefreshParams,
  settings: CallSettings,
): Call<RefreshedRoomToken> {
  check({ params }, "refresh");
  const { refreshToken, tokenTtlSecs } = params;
  check({ roomId, refreshToken, tokenTtlSecs }, "refresh");
  const body: Body<Refresh> = { refresh_token: refreshToken, token_ttl_secs: tokenTtlSecs };
  return {
    operation: "refresh",
    url: urlOf(settings, REFRESH, { room_id: roomId }),
    body: JSON.stringify(body),
    settings,
    secrets: [refreshToken],
    read: readRefreshed,
  };
}

/**
 * The only use of openapi-fetch: its path templates, typed by the fragment. Its client is not used, which is made
 * to wrap a `Request` and a `Response`: here a URL goes out and a whole answer comes back.
 */
function urlOf<Path extends keyof paths>(
  { baseUrl }: CallSettings,
  path: Path,
  parameters: paths[Path]["post"]["parameters"]["path"],
): string {
  return defaultPathSerializer(baseUrl + path, parameters);
}

/** Telnyx's data as declared, but not trusted to be so. */
type Unchecked<T> = { readonly [K in keyof T]?: unknown };

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)?$/;

/** The token in a success answer's `data`, or what is wrong with it. */
function readRefreshed(data: Unchecked<Data<Refresh>>): RefreshedRoomToken | string {
  const { token } = data;
  const tokenExpiresAt = parseTime(data.token_expires_at);
  if (!isFilled(token)) return "data.token is not a non-empty string";
  if (tokenExpiresAt === undefined) return "data.token_expires_at is not an RFC 3339 time";
  return { token, tokenExpiresAt };
}

/** The grant in a success answer's `data`, or what is wrong with it. */
export function readGrant(data: Unchecked<Data<Create>>): RoomTokenGrant | string {
  const refreshed = readRefreshed(data);
  if (typeof refreshed === "string") return refreshed;
  const refreshToken = data.refresh_token;
  const refreshTokenExpiresAt = parseTime(data.refresh_token_expires_at);
  if (!isFilled(refreshToken)) return "data.refresh_token is not a non-empty string";
  if (refreshTokenExpiresAt === undefined) return "data.refresh_token_expires_at is not an RFC 3339 time";
  const { token, tokenExpiresAt } = refreshed; // a spread would cost each call a microsecond
  return { token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt };
}

/** An RFC 3339 time; one without a zone is read as UTC, not as local time. */
function parseTime(value: unknown): Date | undefined {
  const match = typeof value === "string" ? RFC_3339.exec(value) : null;
  if (match === null) return undefined;
  const [, day, time, zone = "Z"] = match;
  const parsed = new Date(`${day}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
