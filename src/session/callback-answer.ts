import {
  InvalidGrant,
  type RefreshedRoomToken,
  type RoomTokenGrant,
  readTime,
  readToken,
} from "../lib/grant.ts";
import { isObject } from "../lib/values.ts";

/** A renewed token: its expiry is a `Date`, or the ISO string that JSON makes of it. */
export interface RefreshedRoomTokenInput {
  readonly token: string;
  readonly tokenExpiresAt: Date | string;
}

/** A grant: its dates are `Date`s, or the ISO strings that JSON makes of them. */
export interface RoomTokenGrantInput extends RefreshedRoomTokenInput {
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date | string;
  /** When the token was asked for, in epoch milliseconds of this device's clock; a saved `session.grant` has it. */
  readonly receivedAt?: number | undefined;
}

/** A renewed token as Telnyx spells it. */
export interface TelnyxRefreshedToken {
  readonly token: string;
  readonly token_expires_at: string;
}

/** A grant as Telnyx spells it. */
export interface TelnyxGrant extends TelnyxRefreshedToken {
  readonly refresh_token: string;
  readonly refresh_token_expires_at: string;
}

/** The part of a `Response` that a session reads. */
export interface ResponseInput {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}

/** A grant in any spelling, bare or as the `data` of an answer. */
export type GrantInput =
  | RoomTokenGrantInput
  | TelnyxGrant
  | { readonly data: RoomTokenGrantInput | TelnyxGrant };

/** What `create` may give. */
export type CreateResult = GrantInput | ResponseInput;

/** What `refresh` may give. A refresh token in it is ignored. */
export type RefreshResult =
  | RefreshedRoomTokenInput
  | TelnyxRefreshedToken
  | { readonly data: RefreshedRoomTokenInput | TelnyxRefreshedToken }
  | ResponseInput;

/** The members of a grant, not checked yet. */
export interface GrantMembers {
  readonly token: unknown;
  readonly tokenExpiresAt: unknown;
  readonly refreshToken: unknown;
  readonly refreshTokenExpiresAt: unknown;
  readonly receivedAt: unknown;
}

export function isResponse(value: unknown): value is ResponseInput {
  return isObject(value) && typeof value["json"] === "function" && "ok" in value && "status" in value;
}

/** The members of a grant in either spelling, bare or under `data` as Telnyx and axios have them. */
export function membersOf(value: unknown): GrantMembers {
  let found = value;
  // axios gives Telnyx's answer under a `data` of its own.
  for (let depth = 0; depth < 2; depth++) {
    if (isObject(found) && found["token"] === undefined && "data" in found) found = found["data"];
  }
  if (!isObject(found))
    throw new InvalidGrant(found === null || found === undefined ? `${found}` : `a ${typeof found}`);
  if (isResponse(found)) throw new InvalidGrant("a Response whose body was not read");
  if (typeof found["then"] === "function") throw new InvalidGrant("a promise");
  return {
    token: found["token"],
    tokenExpiresAt: found["tokenExpiresAt"] ?? found["token_expires_at"],
    refreshToken: found["refreshToken"] ?? found["refresh_token"],
    refreshTokenExpiresAt: found["refreshTokenExpiresAt"] ?? found["refresh_token_expires_at"],
    receivedAt: found["receivedAt"],
  };
}

/** Makes a renewed token of its members. Throws {@link InvalidGrant}. */
export function readRefreshed({ token, tokenExpiresAt }: GrantMembers): RefreshedRoomToken {
  return { token: readToken("token", token), tokenExpiresAt: readTime("tokenExpiresAt", tokenExpiresAt) };
}

/** Makes a grant of its members. Throws {@link InvalidGrant}. */
export function readGrant(members: GrantMembers): RoomTokenGrant {
  readToken("token", members.token);
  const refreshToken = readToken("refreshToken", members.refreshToken);
  return {
    ...readRefreshed(members),
    refreshToken,
    refreshTokenExpiresAt: readTime("refreshTokenExpiresAt", members.refreshTokenExpiresAt),
  };
}

/** The JSON in a successful Response. */
export async function jsonOf(response: ResponseInput & { bodyUsed?: unknown }): Promise<unknown> {
  if (response.bodyUsed === true) throw new InvalidGrant("a Response whose body was already read");
  try {
    return await response.json();
  } catch {
    throw new InvalidGrant(`a Response with status ${response.status} whose body is no JSON`);
  }
}
