import {
  BOOLEAN,
  FUNCTION,
  invalidArgument,
  type MemberTable,
  readMembers,
  rule,
  SIGNAL,
  TIMEOUT_MS,
  TTL_SECS,
} from "../errors/arguments.ts";
import { InvalidGrant } from "../lib/grant.ts";
import {
  type CreateResult,
  type GrantInput,
  type GrantMembers,
  membersOf,
  type RefreshResult,
  readGrant,
} from "./callback-answer.ts";

/** Options of a session. `create` has to be given, or `refresh` together with `grant`. */
export interface RoomTokenSessionOptions {
  /**
   * What the back end minted, also as parsed from JSON or as Telnyx spells it, or a saved `session.grant`.
   * @default none: the first token comes from `create`
   */
  readonly grant?: GrantInput | undefined;
  /**
   * Gives a freshly minted grant: the grant, Telnyx's own answer, or a `Response` with one of these as its JSON.
   * Your back end checks its own user first.
   *
   * A `Response` that is not ok, and a rejection with a numeric `status`, count by their status:
   * - 3xx and 4xx, without 408, 425 and 429, are refusals: the session asks again slowly. So are a `Response` with
   *   501 and a rejection with `retryable: false`.
   * - Everything else is asked again soon, but not before the `Retry-After` of a `Response`, or the `retryAfterMs` of
   *   a rejection.
   *
   * @example
   * ```ts
   * create: ({ signal }) => fetch(`/rooms/${roomId}/token`, { method: "POST", signal })
   * ```
   * @default none: the session ends with its refresh token
   */
  readonly create?:
    | ((input: { readonly signal: AbortSignal }) => CreateResult | PromiseLike<CreateResult>)
    | undefined;
  /**
   * Gives a new token for a refresh token, in the same shapes as `create`.
   * @default none: every renewal is a `create`
   */
  readonly refresh?:
    | ((input: {
        readonly refreshToken: string;
        readonly signal: AbortSignal;
      }) => RefreshResult | PromiseLike<RefreshResult>)
    | undefined;
  /**
   * The lifetime that `create` and `refresh` ask for, in seconds: a positive whole number. Only needed for tokens that
   * are no JWTs, where the device's clock may be wrong.
   * @default none: the token's expiry is believed if it is at most an hour away, else it is taken to live 600 s
   */
  readonly tokenTtlSecs?: number | undefined;
  /**
   * How long one refresh or create may take, its body included, in milliseconds: above 0, at most 2^31-1.
   * @default 15000
   */
  readonly timeoutMs?: number | undefined;
}

/** Which token will do, and what ends the waiting for it. */
export interface GetTokenOptions {
  /**
   * For how much longer the token has to be valid, in milliseconds: 0 or more. If the renewal for it fails, the token
   * held is given as long as it is valid. A value above a token's whole lifetime causes no repeated renewals.
   * @default 0
   */
  readonly minValidityMs?: number | undefined;
  /**
   * The token held is no good: waits for a renewal that begins now or later, and rejects with its error.
   * @default false
   */
  readonly forceRefresh?: boolean | undefined;
  /**
   * Ends the waiting of this caller only, who gets the signal's own reason.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

/** A session's options, checked and completed. */
export interface SessionSettings {
  readonly grant: GrantMembers | undefined;
  readonly create: RoomTokenSessionOptions["create"];
  readonly refresh: RoomTokenSessionOptions["refresh"];
  readonly timeoutMs: number;
  readonly askedLifeMs: number | undefined;
}

const SESSION_OPTIONS = {
  grant: { rule: () => undefined }, // checked when it is read
  create: { rule: FUNCTION },
  refresh: { rule: FUNCTION },
  tokenTtlSecs: { rule: TTL_SECS },
  timeoutMs: { rule: TIMEOUT_MS, default: 15_000 },
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

/** Checks the options of `getToken`. */
export function readGetTokenOptions(
  options: GetTokenOptions,
): GetTokenOptions & { readonly minValidityMs: number; readonly forceRefresh: boolean } {
  return readMembers("options", options, GET_TOKEN_OPTIONS);
}

/** Checks the options of a session. Each is read once. */
export function sessionSettings(options: RoomTokenSessionOptions): SessionSettings {
  const { grant, create, refresh, tokenTtlSecs, timeoutMs } = readMembers(
    "options",
    options,
    SESSION_OPTIONS,
  );
  const canRenew = create !== undefined || (refresh !== undefined && grant !== undefined);
  if (!canRenew) throw invalidArgument("create", "must be given, or refresh together with grant");
  const askedLifeMs = tokenTtlSecs && tokenTtlSecs * 1000;
  return {
    grant: grant === undefined ? undefined : givenGrant(grant),
    create,
    refresh,
    timeoutMs,
    askedLifeMs,
  };
}

/** Checks the grant that a session begins with. */
function givenGrant(given: unknown): GrantMembers {
  try {
    const members = membersOf(given);
    readGrant(members);
    const { receivedAt } = members;
    if (receivedAt === undefined || Number.isFinite(receivedAt)) return members;
  } catch (thrown) {
    if (!(thrown instanceof InvalidGrant)) throw thrown;
    throw invalidArgument("grant", `must be a grant (given: ${thrown.message})`);
  }
  throw invalidArgument("grant.receivedAt", "must be in epoch milliseconds");
}
