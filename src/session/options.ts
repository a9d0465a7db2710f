import { refreshCall } from "../bindings.ts";
import { check, checkBaseUrl, DEFAULTS } from "../checks.ts";
import { makeAttempt } from "../retry.ts";
import { type Fetch, ownHeaders } from "../transport.ts";
import type { RefreshedRoomTokenInput, RoomTokenGrantInput } from "./grants.ts";

/** The TTL that Telnyx gives a token where none is asked for. */
const DEFAULT_TTL_SECS = 600;

/** Options of a session. `grant`, `create` or both have to be given. */
export interface RoomTokenSessionOptions {
  /** The id of the room, a UUID. */
  readonly roomId: string;
  /**
   * What the back end minted, also as parsed from its JSON, or a saved `session.grant`.
   * @default none: the first token comes from `create`
   */
  readonly grant?: RoomTokenGrantInput | undefined;
  /**
   * Brings a freshly minted grant from your back end, which checks its own user first. A rejection with a
   * numeric `status` of 4xx other than 408, 425 and 429, or with `retryable: false`, is permanent; a
   * `retryAfterMs` in one that is not is honoured.
   * @default none: the session ends with its refresh token
   */
  readonly create?: ((input: { readonly signal: AbortSignal }) => Promise<RoomTokenGrantInput>) | undefined;
  /**
   * Brings a new token for a refresh token; rejections count as those of `create`.
   * @default one call to Telnyx's refresh operation, which needs no API key
   */
  readonly refresh?:
    | ((input: {
        readonly refreshToken: string;
        readonly signal: AbortSignal;
      }) => Promise<RefreshedRoomTokenInput>)
    | undefined;
  /**
   * The lifetime that the default refresh asks for, in seconds; Telnyx accepts 10 to 3600. `create` has to ask
   * for the same: a token that is no JWT is taken to live about so long.
   * @default 600, by Telnyx
   */
  readonly tokenTtlSecs?: number | undefined;
  /**
   * How long one refresh or create may take, to the last byte, in milliseconds: above 0, at most 2^31-1.
   * @default 15000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Where the default refresh finds the API: http(s), without user, query and fragment.
   * @default `https://api.telnyx.com/v2`; the environment is not read
   */
  readonly baseUrl?: string | undefined;
  /**
   * What sends the default refresh, called as `fetch(url, init)`.
   * @default `globalThis.fetch`, looked up at each call
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Allows plain http to any host.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined;
}

/** What a token has to live up to, and how long to wait for it. */
export interface GetTokenOptions {
  /**
   * For how much longer the token has to be valid, in milliseconds. Where that takes a renewal which fails, the
   * token held is given as long as it is valid. More than the newest token's whole life is not asked for again.
   * @default 0
   */
  readonly minValidityMs?: number | undefined;
  /**
   * The token held is no good: a renewal begun from now on is awaited, and what it fails with is thrown.
   * @default false
   */
  readonly forceRefresh?: boolean | undefined;
  /** Ends the waiting of this caller only, who gets the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A session's options, found good and completed. */
export interface SessionSettings {
  readonly create: RoomTokenSessionOptions["create"];
  readonly refresh: NonNullable<RoomTokenSessionOptions["refresh"]>;
  readonly timeoutMs: number;
  readonly ttlMs: number;
}

/** Checks the options of a session. */
export function sessionSettings(options: RoomTokenSessionOptions): SessionSettings {
  const { roomId, create, refresh, tokenTtlSecs, timeoutMs = DEFAULTS.timeoutMs } = options;
  const { baseUrl = DEFAULTS.baseUrl, fetch, allowInsecureHttp } = options;
  check({ roomId, create, refresh, fetch, tokenTtlSecs, timeoutMs });
  const url = checkBaseUrl("baseUrl", baseUrl, allowInsecureHttp === true);

  /** One keyless call to Telnyx; retrying it is the session's business. */
  const keylessRefresh: SessionSettings["refresh"] = async ({ refreshToken, signal }) => {
    const settings = { baseUrl: url, fetch, headers: ownHeaders(), timeoutMs, maxRetries: 0, signal };
    const call = refreshCall(roomId, { refreshToken, tokenTtlSecs }, settings);
    return (await makeAttempt(call)).value;
  };
  const ttlMs = (tokenTtlSecs ?? DEFAULT_TTL_SECS) * 1000;
  return { create, refresh: refresh ?? keylessRefresh, timeoutMs, ttlMs };
}
