import {
  BOOLEAN,
  CHECKED_LATER,
  FUNCTION,
  invalidArgument,
  type MemberTable,
  NON_EMPTY_STRING,
  readMembers,
  rule,
  SIGNAL,
  TIMEOUT_MS,
} from "../errors/arguments.ts";
import type { AttemptEvent } from "../errors/attempt-event.ts";
import type { InvalidGrant } from "../lib/grant.ts";
import { endpointFunctions } from "./endpoint.ts";
import { type Grant, type GrantInput, readGrant } from "./grant.ts";
import type { RenewalResult } from "./renewal-result.ts";

/** Options of a session: `endpoint`; or `create`; or `refresh` together with a `grant` that has a refresh token. */
export interface RoomTokenSessionOptions {
  /**
   * The URL of your back end's route, such as `/rooms/${roomId}/token`. It is sent a `POST` with the JSON body `{}`,
   * or `{"refreshToken":"…"}`, and returns a grant or a token. Excludes `create` and `refresh`.
   * @default none
   */
  readonly endpoint?: string | undefined;
  /**
   * Returns, or resolves to, a new grant: the grant itself, Telnyx's own response body, or a `Response` with one of
   * these as its JSON.
   *
   * @example
   * ```ts
   * create: ({ signal }) => fetch(`/rooms/${roomId}/token`, { method: "POST", headers, signal })
   * ```
   * @default none
   */
  readonly create?:
    | ((input: { readonly signal: AbortSignal }) => RenewalResult | PromiseLike<RenewalResult>)
    | undefined;
  /**
   * Returns, or resolves to, a new token for a refresh token, in the same forms as `create`.
   * @default none: every renewal is a `create`
   */
  readonly refresh?:
    | ((input: {
        readonly refreshToken: string;
        readonly signal: AbortSignal;
      }) => RenewalResult | PromiseLike<RenewalResult>)
    | undefined;
  /**
   * What your back end created, also as JSON or as Telnyx spells it, or a saved `session.grant`.
   * @default none: the first token comes from your back end
   */
  readonly grant?: GrantInput | undefined;
  /**
   * How long one create or refresh may take, its response body included, in milliseconds: above 0, at most 2^31-1.
   * @default 15000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Called after every request, for logs and metrics. What it throws is dropped.
   * @default none
   */
  readonly onAttempt?: ((event: AttemptEvent) => void) | undefined;
}

/** Which token a caller needs, and what ends its waiting. */
export interface GetTokenOptions {
  /**
   * How much longer the token has to be valid, in milliseconds: 0 or more. If the renewal for it fails, the token held
   * is returned as long as it is valid. If no token lives that long, a valid one is enough.
   * @default 0
   */
  readonly minValidityMs?: number | undefined;
  /**
   * Set it if the token was rejected: waits for a renewal, and rejects with its error.
   * @default false
   */
  readonly forceRefresh?: boolean | undefined;
  /**
   * Ends the waiting of this caller only, with the signal's own reason.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

const SESSION_OPTIONS = {
  endpoint: { rule: NON_EMPTY_STRING },
  create: { rule: FUNCTION },
  refresh: { rule: FUNCTION },
  grant: { rule: CHECKED_LATER },
  timeoutMs: { rule: TIMEOUT_MS, default: 15_000 },
  onAttempt: { rule: FUNCTION },
} satisfies MemberTable<RoomTokenSessionOptions>;

const GET_TOKEN_OPTIONS = {
  minValidityMs: {
    rule: rule(
      (value) => typeof value === "number" && value >= 0,
      "must be a number of milliseconds, 0 or more",
    ),
    default: 0,
  },
  forceRefresh: { rule: BOOLEAN, default: false },
  signal: { rule: SIGNAL },
} satisfies MemberTable<GetTokenOptions>;

/** The types allow other combinations: a union type would say less in its errors. */
const NEEDED = "must contain either endpoint, or create, or refresh and a grant with a refreshToken";

/** The options of a session as its renewals use them: an `endpoint` has become `create` and `refresh`. */
export type SessionSettings = Pick<RoomTokenSessionOptions, "create" | "refresh" | "onAttempt"> & {
  readonly timeoutMs: number;
};

/** The options of `getToken`, checked and completed. */
export interface TokenRequest {
  readonly minValidityMs: number;
  readonly forceRefresh: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks the options of a session, each read once. The grant is apart from the settings, which stay after `close`.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function readSessionOptions(
  options: RoomTokenSessionOptions,
): [settings: SessionSettings, grant: Grant | undefined] {
  const { endpoint, grant, ...settings } = readMembers("options", options, SESSION_OPTIONS);
  const { create, refresh } = settings;
  const given = grant === undefined ? undefined : readGivenGrant(grant);
  const isSound = endpoint === undefined ? create || (refresh && given?.refreshToken) : !create && !refresh;
  if (!isSound) throw invalidArgument("options", NEEDED);
  return [{ ...settings, ...(endpoint !== undefined && endpointFunctions(endpoint)) }, given];
}

/** @throws RoomTokenError `invalid_argument` */
export function readGetTokenOptions(options: GetTokenOptions): TokenRequest {
  return readMembers("options", options, GET_TOKEN_OPTIONS);
}

function readGivenGrant(given: unknown): Grant {
  try {
    return readGrant(given);
  } catch (thrown) {
    throw invalidArgument("grant", `must be a grant (given: ${(thrown as InvalidGrant).message})`);
  }
}
