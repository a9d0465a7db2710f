import { hideValues, oneLine, type Redact } from "./redact.ts";
import { type ReadableHeaders, retryAfterMs } from "./retry-after.ts";
import {
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenErrorInit,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "./room-token-error.ts";
import { codeOfStatus, isRetryableStatus } from "./status.ts";

const MAX_DETAILS = 20;

/** What every error of a request says and hides. */
export interface ErrorContext {
  readonly operation: RoomTokenOperation;
  /** How many requests were sent. */
  readonly attempts: number;
  /** How the message begins: "Creating a room client token failed after 3 attempts". */
  readonly messagePrefix: string;
  /** Replaces the secrets of the request. */
  readonly redact: Redact;
}

/** What an error reports of a response. */
export interface ResponseFacts {
  readonly status: number;
  /** What `fetch` did with a redirect; undefined if the response is none. */
  readonly redirect: "redirect, not followed" | "redirect, followed to another origin" | undefined;
  readonly headers: ReadableHeaders;
  readonly bodyText: string;
}

/**
 * The error of an error response: its code by the status alone, Telnyx's words from the body.
 *
 * @param body The parsed body, if it was JSON.
 * @param isAlwaysRetried Whether the delay that the server requests counts even if the error is not retryable: a session
 * tries again after every failure, the client does not.
 */
export function statusError(
  context: ErrorContext,
  response: ResponseFacts,
  body: unknown,
  isAlwaysRetried = false,
): RoomTokenError {
  const { status, redirect, headers } = response;
  const code = redirect ? "redirect_refused" : codeOfStatus(status);
  const retryable = !redirect && isRetryableStatus(status);
  const errors = parseErrorDetails(body, context.redact);
  const description = [redirect, errors[0]?.title, errors[0]?.detail].filter(Boolean).join(": ");
  // The status of a redirect that a browser hides is 0.
  const problem = redirect && status === 0 ? description : `${status} ${description}`.trimEnd();
  return responseError(context, code, problem, response, {
    retryable,
    errors,
    retryAfterMs: retryable || isAlwaysRetried ? retryAfterMs(status, headers) : undefined,
  });
}

/** The error of a 2xx that contains no usable token. */
export function invalidResponseError(
  context: ErrorContext,
  response: ResponseFacts,
  problem: string,
): RoomTokenError {
  const message = `${response.status} without a usable token: ${problem}`;
  const bodyText = hideValues(response.bodyText);
  return responseError(context, "invalid_response", message, { ...response, bodyText });
}

/** Telnyx's id of the request, from either of its headers. */
export function requestIdOf(headers: ReadableHeaders, redact: Redact): string | undefined {
  const id = headers.get("x-request-id") || headers.get("request-id");
  return id ? oneLine(redact(id)) : undefined;
}

function responseError(
  { operation, attempts, messagePrefix, redact }: ErrorContext,
  code: RoomTokenErrorCode,
  problem: string,
  { status, headers, bodyText }: ResponseFacts,
  init: RoomTokenErrorInit = {},
): RoomTokenError {
  const requestId = requestIdOf(headers, redact);
  const quoted = requestId === undefined ? "" : ` (request id ${requestId})`;
  return new RoomTokenError(code, `${messagePrefix}: ${problem}${quoted}`, {
    ...init,
    operation,
    attempts,
    status,
    requestId,
    bodyText: redact(bodyText),
  });
}

/** The members of `Object(value)`: of a value that is not an object there are none. */
type Members = Readonly<Record<string, unknown>>;

/** Telnyx's words, from any of the three shapes that it uses; an empty list for any other body. */
export function parseErrorDetails(body: unknown, redact: Redact): TelnyxErrorDetail[] {
  const { errors }: Members = Object(body);
  const list: unknown[] = Array.isArray(errors) ? errors : [body];
  return list
    .slice(0, MAX_DETAILS)
    .map((entry) => readDetail(entry, redact))
    .filter((detail) => Object.keys(detail).length > 0);
}

function readDetail(entry: unknown, redact: Redact): TelnyxErrorDetail {
  const { code, title, detail, message, source, pointer = Object(source).pointer }: Members = Object(entry);
  // Older documents of Telnyx have the code as a number.
  const found = Object.entries({ code, title, detail: detail ?? message, pointer }).filter(([, value]) =>
    ["string", "number"].includes(typeof value),
  );
  return Object.fromEntries(found.map(([name, value]) => [name, oneLine(redact(String(value)))]));
}
