import {
  assertArgument,
  CHECKED_LATER,
  type MemberTable,
  ROOM_ID,
  readMembers,
  SIGNAL,
  TTL_SECS,
} from "../errors/arguments.ts";
import { redactor } from "../errors/redact.ts";
import { isRoomTokenError, RoomTokenError, type RoomTokenErrorCode } from "../errors/room-token-error.ts";
import { rootCause, sanitizeError } from "../errors/thrown-error.ts";
import { withDeadline } from "../lib/deadline.ts";
import { InvalidGrant, readTime, readToken } from "../lib/grant.ts";
import { peek } from "../lib/values.ts";
import type { RoomTokenClient } from "./client.ts";
import { readRefreshToken } from "./page-request.ts";
import type { CreateParams } from "./params.ts";

/** What a back end's route sends to a page, in parts that fit the response of any framework. */
export interface TokenResponse {
  readonly status: 201 | 400 | 403 | 404 | 429 | 502 | 504;
  /** `Content-Type` and `Cache-Control: no-store`; with an error also `Retry-After` and `X-Request-Id`, if known. */
  readonly headers: Record<string, string>;
  /**
   * To be sent as JSON: the token and its expiry date in ISO form, after a create with `requestBody` also the refresh
   * token and its expiry date; with an error `title`, a sentence for the user.
   */
  readonly body: Record<string, string>;
  /** What went wrong, for your log. It contains no secret, and nothing of it is in `body`. */
  readonly error?: RoomTokenError | undefined;
}

/** Options of {@link createTokenResponse}. */
export interface TokenResponseOptions extends CreateParams {
  /**
   * What the page sent: parsed JSON, JSON text, a fetch-style `Request` whose body was not read yet, or a promise of
   * one of these. Pass it only if pages are to hold refresh tokens: whoever has one gets tokens from Telnyx, without
   * your back end, until it expires.
   * @default none: the page gets a token without a refresh token
   */
  readonly requestBody?: unknown;
  /**
   * Ends the call, with status 504.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS = {
  tokenTtlSecs: { rule: TTL_SECS },
  refreshTokenTtlSecs: { rule: TTL_SECS },
  requestBody: { rule: CHECKED_LATER }, // the page's own: a wrong one is status 400
  signal: { rule: SIGNAL },
} satisfies MemberTable<TokenResponseOptions>;

/** Less than the 15 s after which a session gives up, so that its page gets a response. */
const DEADLINE_MS = 10_000;
const JSON_HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "application/json",
  "Cache-Control": "no-store",
};

/** What a page gets besides the token: after a refresh, or a create without `requestBody`. */
const TOKEN_MEMBERS = ["tokenExpiresAt"];
/** The same after a create with `requestBody`. */
const GRANT_MEMBERS = ["tokenExpiresAt", "refreshToken", "refreshTokenExpiresAt"];

/** What the page gets to know of an error. */
type PageError = readonly [status: TokenResponse["status"], title: string];

const INVALID_REQUEST: PageError = [400, "The request is not valid."];
const ACCESS_EXPIRED: PageError = [403, "Your access has expired."];
const TIMED_OUT: PageError = [504, "The video service did not answer in time."];
const NO_TOKEN: PageError = [502, "The video service gave no token."];
const PAGE_ERRORS: ReadonlyMap<unknown, PageError> = new Map<RoomTokenErrorCode, PageError>([
  ["forbidden", [403, "You may not join this room."]],
  ["not_found", [404, "There is no such room."]],
  ["rate_limited", [429, "Too many requests."]],
  ["timeout", TIMED_OUT],
]);
/** Codes by which Telnyx rejects a refresh token: a refresh sends no API key that they could mean. */
const REFRESH_TOKEN_REJECTED: readonly unknown[] = [
  "bad_request",
  "unauthorized",
  "forbidden",
  "unprocessable",
];

/**
 * Creates the response to a page that asks for a room's token. It does not know your users: check first who asks, and
 * whether they may join. It never rejects, and writes to no log: log `error`. It makes one request and no retry, because
 * the page's session retries, and takes at most 10 seconds.
 *
 * @param roomTokens Your client.
 * @param roomId The room's `id`, as the route has it. If it is not a UUID, the status is 400.
 * @param options Lifetimes of the tokens, in seconds (Telnyx's defaults if left out), the body of the page's request,
 * and a signal.
 * @returns Status 201 with a token; else 400 for a request that is wrong, 403, 404, 429, 504 for what took too long, and
 * 502 for anything else, such as a wrong API key or wrong options: the page can do nothing about these.
 * @example
 * ```ts
 * const { status, headers, body, error } = await createTokenResponse(roomTokens, roomId);
 * if (error) console.error(error.message);
 * return Response.json(body, { status, headers });
 * ```
 */
export async function createTokenResponse(
  roomTokens: Pick<RoomTokenClient, "create" | "refresh">,
  roomId: string | undefined,
  options: TokenResponseOptions = {},
): Promise<TokenResponse> {
  try {
    Promise.resolve(peek(options, "requestBody")).catch(() => {}); // it may reject without ever being read
    const { signal: callerSignal, ...given } = readMembers("options", options, OPTIONS);
    const respond = (signal: AbortSignal) => respondToPage(roomTokens, roomId ?? "", given, signal);
    return await withDeadline(respond, DEADLINE_MS, callerSignal, () => errorResponse(timeoutError()));
  } catch (thrown) {
    return errorResponse(thrown, peek(peek(options, "signal"), "aborted") ? TIMED_OUT : undefined);
  }
}

async function respondToPage(
  roomTokens: Pick<RoomTokenClient, "create" | "refresh">,
  roomId: string,
  { requestBody, ...params }: TokenResponseOptions,
  signal: AbortSignal,
): Promise<TokenResponse> {
  let refreshToken: string | undefined;
  try {
    assertArgument("roomId", roomId, ROOM_ID);
    if (requestBody !== undefined) refreshToken = await readRefreshToken(requestBody);
  } catch (thrown) {
    return errorResponse(thrown, INVALID_REQUEST);
  }
  const once = { signal, maxRetries: 0 };
  try {
    if (refreshToken !== undefined) {
      const { tokenTtlSecs } = params;
      const renewed = await roomTokens.refresh(roomId, { refreshToken, tokenTtlSecs }, once);
      return grantResponse(renewed, TOKEN_MEMBERS);
    }
    const grant = await roomTokens.create(roomId, params, once);
    return grantResponse(grant, requestBody === undefined ? TOKEN_MEMBERS : GRANT_MEMBERS);
  } catch (thrown) {
    const isRejected = refreshToken !== undefined && REFRESH_TOKEN_REJECTED.includes(peek(thrown, "code"));
    return errorResponse(thrown, isRejected ? ACCESS_EXPIRED : undefined, refreshToken);
  }
}

/**
 * The response with the members of what a client returned: a stand-in may leave out all but the token.
 *
 * @throws InvalidGrant
 */
function grantResponse(grant: unknown, names: readonly string[]): TokenResponse {
  const body: Record<string, string> = { token: readToken("token", peek(grant, "token")) };
  for (const name of names) {
    const value = peek(grant, name);
    if (value !== undefined)
      body[name] = name.endsWith("At") ? readTime(name, value).toISOString() : readToken(name, value);
  }
  return { status: 201, headers: { ...JSON_HEADERS }, body };
}

function errorResponse(thrown: unknown, pageError?: PageError, refreshToken = ""): TokenResponse {
  const error = isRoomTokenError(thrown) ? thrown : foreignError(thrown, refreshToken);
  const [status, title] = pageError ?? PAGE_ERRORS.get(peek(error, "code")) ?? NO_TOKEN;
  return { status, headers: { ...JSON_HEADERS, ...errorHeaders(error) }, body: { title }, error };
}

/** The error of what is not a RoomTokenError: the client may be a stand-in. */
function foreignError(thrown: unknown, refreshToken: string): RoomTokenError {
  if (thrown instanceof InvalidGrant)
    return new RoomTokenError(
      "invalid_response",
      `No token for a page: the client returned ${thrown.message}`,
    );
  const cause = sanitizeError(thrown, redactor([refreshToken]));
  const message = `No token for a page: ${rootCause(cause)}`;
  return new RoomTokenError("connection_failed", message, { cause });
}

function timeoutError(): RoomTokenError {
  return new RoomTokenError("timeout", `No token for a page within ${DEADLINE_MS} ms`, { retryable: true });
}

/** `Retry-After` and `X-Request-Id`, as far as the error has sound values for them: a stand-in may give any. */
function errorHeaders(error: RoomTokenError): Record<string, string> {
  const delayMs = peek(error, "retryAfterMs");
  const requestId = peek(error, "requestId");
  const isDelay = typeof delayMs === "number" && delayMs >= 0 && delayMs < 1e15;
  const isVisible = typeof requestId === "string" && /^[\x21-\x7e]+$/.test(requestId);
  return {
    ...(isDelay && { "Retry-After": String(Math.ceil(delayMs / 1000)) }),
    ...(isVisible && { "X-Request-Id": requestId }),
  };
}
