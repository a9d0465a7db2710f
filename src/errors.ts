/**
 * What went wrong, as one word to branch on.
 *
 * Before any request: `invalid_argument`, `missing_api_key`. From Telnyx's answer, by HTTP status alone:
 * `bad_request` (400), `unauthorized` (401), `forbidden` (403), `not_found` (404), `conflict` (409),
 * `unprocessable` (422), `rate_limited` (429), `server_error` (500 and above), `redirect_refused` (3xx),
 * `unexpected_status` (any other that is not 2xx), `invalid_response` (2xx without a usable token).
 * Without an answer: `connection_failed`, `timeout`. From a session: `session_closed`, `session_expired`.
 */
export type RoomTokenErrorCode =
  | ("invalid_argument" | "missing_api_key")
  | (
      | "bad_request"
      | "unauthorized"
      | "forbidden"
      | "not_found"
      | "conflict"
      | "unprocessable"
      | "rate_limited"
    )
  | ("server_error" | "redirect_refused" | "unexpected_status" | "invalid_response")
  | ("connection_failed" | "timeout")
  | ("session_closed" | "session_expired");

/** The operation that failed; an error of no operation has none, such as that of a constructor. */
export type RoomTokenOperation = "create" | "refresh";

/** One error as Telnyx words it. Its `code` is not unique per status: branch on {@link RoomTokenError.code}. */
export interface TelnyxErrorDetail {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  /** JSON pointer (RFC 6901) to the request member at fault, such as `/token_ttl_secs`. */
  readonly pointer?: string;
}

const OPTIONAL_FIELDS = ["operation", "status", "requestId", "retryAfterMs", "bodyText"] as const;

/** What a {@link RoomTokenError} is made of besides its code and message. */
export type RoomTokenErrorInit = {
  readonly [Field in (typeof OPTIONAL_FIELDS)[number] | "retryable" | "errors" | "cause"]?:
    | RoomTokenError[Field]
    | undefined;
};

const BRAND: unique symbol = Symbol.for("telnyx-room-tokens.RoomTokenError");

/**
 * The one error class of this package. No key, token or refresh token is reachable from it.
 *
 * Recognise it with {@link isRoomTokenError}, which also holds across two installed copies of the package.
 */
export class RoomTokenError extends Error {
  /** What went wrong. */
  readonly code: RoomTokenErrorCode;
  /** `true` exactly for what the client retries by itself. A session goes further: its `error` event tells. */
  readonly retryable: boolean;
  /** Telnyx's own words for it, in any of the shapes they come in; empty where there are none. */
  readonly errors: readonly TelnyxErrorDetail[];
  declare readonly operation?: RoomTokenOperation;
  /** The HTTP status, where there was an answer. */
  declare readonly status?: number;
  /** Telnyx's id of the request, to quote to its support. */
  declare readonly requestId?: string;
  /** How long the server asked to wait, in milliseconds, on a failure that may be retried. */
  declare readonly retryAfterMs?: number;
  /** The first 1,000 characters of the answer's body with every secret replaced. Not enumerable. */
  declare readonly bodyText?: string;

  constructor(code: RoomTokenErrorCode, message: string, init: RoomTokenErrorInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = code;
    this.retryable = init.retryable ?? false;
    this.errors = init.errors ?? [];
    for (const field of OPTIONAL_FIELDS) {
      if (init[field] === undefined) continue;
      Object.defineProperty(this, field, { value: init[field], enumerable: field !== "bodyText" });
    }
  }

  static {
    // Literal, so that it survives minification; on the prototype, as the built-in errors have it.
    Object.defineProperties(RoomTokenError.prototype, {
      name: { value: "RoomTokenError" },
      [BRAND]: { value: true },
    });
  }
}

/**
 * Whether `value` is a {@link RoomTokenError}, of this copy of the package or of another one.
 *
 * @example
 * ```ts
 * try {
 *   await roomTokens.create(roomId);
 * } catch (error) {
 *   if (isRoomTokenError(error) && error.code === "not_found") return undefined;
 *   throw error;
 * }
 * ```
 */
export function isRoomTokenError(value: unknown): value is RoomTokenError {
  return typeof value === "object" && value !== null && BRAND in value;
}

/** The error of a refused argument: names it and the rule, never its value. */
export function invalidArgument(
  argument: string,
  rule: string,
  operation?: RoomTokenOperation,
): RoomTokenError {
  return new RoomTokenError("invalid_argument", `${argument} must be ${rule}`, { operation });
}
