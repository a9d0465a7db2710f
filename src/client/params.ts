import { type MemberTable, NON_EMPTY_STRING, TTL_SECS } from "../errors/arguments.ts";

/** The lifetimes that `create` requests. */
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

/** What `refresh` needs. A grant has it, so `refresh(roomId, grant)` works. */
export interface RefreshParams {
  /** The refresh token of the grant. It is not rotated: the same one is used until it expires. */
  readonly refreshToken: string;
  /**
   * Lifetime of the new client token, in seconds: a whole number; Telnyx accepts 10 to 3600.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
}

export const CREATE_PARAMS: MemberTable<CreateParams> = {
  tokenTtlSecs: { rule: TTL_SECS },
  refreshTokenTtlSecs: { rule: TTL_SECS },
};

export const REFRESH_PARAMS: MemberTable<RefreshParams> = {
  refreshToken: { rule: NON_EMPTY_STRING, required: true },
  tokenTtlSecs: { rule: TTL_SECS },
};
