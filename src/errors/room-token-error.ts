import { peek } from "../lib/values.ts";
import { oneLine } from "./redact.ts";

/**
 * What went wrong, as a code to branch on.
 *
 * Before any request: `invalid_argument`, `missing_api_key`. By the status of the response alone:
 * `bad_request` (400), `unauthorized` (401), `forbidden` (403), `not_found` (404), `conflict` (409),
 * `unprocessable` (422), `rate_limited` (429), `server_error` (500 and above), `unexpected_status` (any other that is not
 * 2xx or 3xx). By the response otherwise: `redirect_refused` (3xx, or a response from another origin),
 * `invalid_response` (2xx without a usable token). Without a whole response: `connection_failed`, `timeout`. From a
 * session: `session_closed`.
 */
export type RoomTokenErrorCode =
  | "invalid_argument"
  | "missing_api_key"
  | "bad_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "unprocessable"
  | "rate_limited"
  | "server_error"
  | "redirect_refused"
  | "unexpected_status"
  | "invalid_response"
  | "connection_failed"
  | "timeout"
  | "session_closed";

/** The two operations, by the names of the methods that call them. */
export type RoomTokenOperation = "create" | "refresh";

/** One error in Telnyx's words. Its `code` is not unique per status: branch on {@link RoomTokenError.code}. */
export interface TelnyxErrorDetail {
  /** Telnyx's own code, such as "10009". */
  readonly code?: string;
  /** What went wrong in general. */
  readonly title?: string;
  /** What went wrong in this case. */
  readonly detail?: string;
  /** JSON pointer (RFC 6901) to the request member at fault, such as `/token_ttl_secs`. */
  readonly pointer?: string;
}

/** What a {@link RoomTokenError} may contain in addition to its code and message: see its members. */
export interface RoomTokenErrorInit {
  readonly operation?: RoomTokenOperation | undefined;
  /** @default 0 */
  readonly attempts?: number | undefined;
  /** @default false */
  readonly retryable?: boolean | undefined;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** Milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** @default [] */
  readonly errors?: readonly TelnyxErrorDetail[] | undefined;
  readonly bodyText?: string | undefined;
  readonly cause?: unknown;
}

const BRAND: unique symbol = Symbol.for("telnyx-room-tokens.RoomTokenError");

/**
 * The one error class of this package. It never contains a key, a token or a refresh token.
 *
 * Recognise it with {@link isRoomTokenError}, which also works across two installed copies of the package.
 */
export class RoomTokenError extends Error {
  /** What went wrong. */
  declare readonly code: RoomTokenErrorCode;
  /** `true` for the kinds of failure that the client retries by itself. A session retries more than these. */
  declare readonly retryable: boolean;
  /** How many requests the call sent; 0 if none. */
  declare readonly attempts: number;
  /** The error in Telnyx's words; empty if the response had none. */
  declare readonly errors: readonly TelnyxErrorDetail[];
  /** The operation that failed; absent if there was none, as in a constructor. */
  declare readonly operation?: RoomTokenOperation;
  /** The HTTP status, if there was a response; 0 for a redirect that a browser hides. */
  declare readonly status?: number;
  /** Telnyx's id of the request, to quote to its support. */
  declare readonly requestId?: string;
  /** The delay that the server requested, in milliseconds, on a failure that may be retried. */
  declare readonly retryAfterMs?: number;
  /** The first 1,000 characters of the response's body, with every secret replaced. Not enumerable. */
  declare readonly bodyText?: string;

  constructor(code: RoomTokenErrorCode, message: string, init: RoomTokenErrorInit = {}) {
    const { bodyText, cause, ...members } = init;
    super(oneLine(message), cause === undefined ? undefined : { cause });
    Object.assign(this, { code, attempts: 0, retryable: false, errors: [], ...withoutAbsent(members) });
    if (bodyText !== undefined) Object.defineProperty(this, "bodyText", { value: bodyText });
  }
}

/** An absent member stays absent: it is not an own property with the value undefined. */
function withoutAbsent(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

// On the prototype, where built-in errors have their name. A literal survives minification. Not by assignment, which
// fails where Error.prototype is frozen.
Object.defineProperties(RoomTokenError.prototype, {
  name: { value: "RoomTokenError", writable: true, configurable: true },
  [BRAND]: { value: true },
});

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
  return peek(value, BRAND) === true;
}
