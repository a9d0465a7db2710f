import { type ErrorContext, parseErrorDetails, statusError } from "../errors/response-error.ts";
import { isRoomTokenError, RoomTokenError } from "../errors/room-token-error.ts";
import { codeOfStatus, isRedirect, isRetryableStatus } from "../errors/status.ts";
import { rootCause, sanitizeError } from "../errors/thrown-error.ts";
import { InvalidGrant } from "../lib/grant.ts";
import { peek } from "../lib/values.ts";
import { headersOf, isResponse } from "./renewal-result.ts";

/**
 * The error of a request that brought no token. It is always a fresh one: the thrown value may contain the request with
 * its tokens, its getters may throw, and it may be a proxy. What counts is the `response` of the thrown value (ky, got,
 * axios, superagent, ofetch), else its own `status`, `retryable` and `retryAfterMs`.
 *
 * @param status The status of a response that is ok but contains no usable token.
 */
export async function requestError(
  thrown: unknown,
  context: ErrorContext,
  status: number | undefined,
): Promise<RoomTokenError> {
  try {
    if (thrown instanceof InvalidGrant) return invalidGrantError(thrown, context, status);
    const response = isResponse(thrown) ? thrown : peek(thrown, "response");
    if (!isErrorResponse(response)) return thrownError(thrown, context);
    return await responseError(response, peek(thrown, "data"), context);
  } catch {
    return thrownError("an unreadable object", context);
  }
}

function invalidGrantError(
  { message }: InvalidGrant,
  { operation, attempts }: ErrorContext,
  status: number | undefined,
): RoomTokenError {
  const init = { operation, attempts, retryable: true, status };
  return new RoomTokenError("invalid_response", `${operation} returned ${message}`, init);
}

async function responseError(
  response: unknown,
  parsed: unknown,
  context: ErrorContext,
): Promise<RoomTokenError> {
  const status = errorStatusOf(response);
  const redirect = isRedirect(status, peek(response, "type")) ? "redirect, not followed" : undefined;
  const headers = headersOf(response);
  const { bodyText, body } = await readBody(response, parsed);
  return statusError(context, { status, redirect, headers, bodyText }, body, true);
}

function isErrorResponse(response: unknown): boolean {
  const status = errorStatusOf(response);
  return status > 0 || isRedirect(status, peek(response, "type"));
}

/** The status of a failure (in got `statusCode`); 0 if there is none. */
function errorStatusOf(value: unknown): number {
  const status = Number(peek(value, "status") ?? peek(value, "statusCode"));
  return status >= 300 ? status : 0;
}

/**
 * The body of an error response; as much of it as can be read.
 *
 * @param parsed The body, if a library has parsed it.
 */
async function readBody(response: unknown, parsed: unknown): Promise<{ bodyText: string; body?: unknown }> {
  let bodyText = "";
  try {
    const { data = parsed, text, json } = response as Partial<Response> & { data?: unknown };
    const body = data ?? (await (text ?? json)?.call(response));
    bodyText = typeof body === "string" ? body : (JSON.stringify(body) ?? "");
    return { bodyText, body: JSON.parse(bodyText) };
  } catch {
    return { bodyText };
  }
}

/** The error of a thrown value without a response. It may be one of this package, from a client that a function uses. */
function thrownError(thrown: unknown, context: ErrorContext): RoomTokenError {
  const { operation, attempts, messagePrefix, redact } = context;
  const own: Partial<RoomTokenError> = isRoomTokenError(thrown) ? thrown : {};
  const redacted = (text: string | undefined) => text && redact(text);
  const cause = sanitizeError(thrown, redact);
  const status = errorStatusOf(thrown);
  const isStatusRefused = status > 0 && !isRetryableStatus(status);
  const isFinal = peek(thrown, "retryable") === false && peek(thrown, "code") !== "invalid_response";
  const delayMs = Number(peek(thrown, "retryAfterMs"));
  const code = own.code ?? (status > 0 ? codeOfStatus(status) : "connection_failed");
  const message = redacted(own.message) ?? `${messagePrefix}: ${rootCause(cause)}`;
  return new RoomTokenError(code, message, {
    operation,
    attempts,
    status: status || undefined,
    requestId: redacted(own.requestId),
    retryable: !isStatusRefused && !isFinal,
    retryAfterMs: delayMs > 0 && delayMs < Infinity ? delayMs : undefined,
    errors: parseErrorDetails(own, redact),
    bodyText: redacted(own.bodyText),
    cause,
  });
}
