import { hideValues } from "./redact.ts";
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

/** What is known of an answer. */
export interface AnswerFacts {
  readonly status: number;
  /** As a `Response` has it. Browsers show a redirect that is not followed as "opaqueredirect" with status 0. */
  readonly type?: string | undefined;
  readonly headers: ReadableHeaders;
  readonly bodyText: string;
}

type Redact = (text: string) => string;

/**
 * The error of an answer that is no success: its code by the status alone, Telnyx's words from the body.
 *
 * @param body The parsed body, where it was JSON.
 */
export function refusedError(
  subject: Subject,
  answer: AnswerFacts,
  body: unknown,
  redact: Redact,
): RoomTokenError {
  const { status, type, headers } = answer;
  const code = type === "opaqueredirect" ? "redirect_refused" : codeOfStatus(status);
  const retryable = isRetryableStatus(status);
  const errors = telnyxWords(body, redact);
  const why = code === "redirect_refused" ? ["redirect, not followed"] : [];
  const words = [...why, errors[0]?.title, errors[0]?.detail].filter(Boolean).join(": ");
  return answerError(subject, code, `${status || ""} ${words}`.trim(), answer, redact, {
    retryable,
    errors,
    retryAfterMs: retryable ? retryAfterMs(status, headers) : undefined,
  });
}

/** The error of a 2xx that holds no usable token. */
export function unusableError(
  subject: Subject,
  answer: AnswerFacts,
  problem: string,
  redact: Redact,
): RoomTokenError {
  const message = `${answer.status} without a usable token: ${problem}`;
  const bodyText = hideValues(answer.bodyText);
  return answerError(subject, "invalid_response", message, { ...answer, bodyText }, redact);
}

/** What failed, as an error says it: its operation, and the beginning of its message. */
export interface Subject {
  readonly operation: RoomTokenOperation;
  /** "Creating a room client token failed", say. */
  readonly failed: string;
}

/** Telnyx's id of the request, from either of its headers. */
export function requestIdOf({ headers }: AnswerFacts, redact: Redact): string | undefined {
  const id = headers.get("x-request-id") || headers.get("request-id");
  return id ? redact(id) : undefined;
}

function answerError(
  { operation, failed }: Subject,
  code: RoomTokenErrorCode,
  problem: string,
  answer: AnswerFacts,
  redact: Redact,
  init: RoomTokenErrorInit = {},
): RoomTokenError {
  const { status, bodyText } = answer;
  const requestId = requestIdOf(answer, redact);
  const quoted = requestId === undefined ? "" : ` (request id ${requestId})`;
  return new RoomTokenError(code, `${failed}: ${problem}${quoted}`, {
    ...init,
    operation,
    status,
    requestId,
    bodyText: redact(bodyText),
  });
}

/** Telnyx's own words, from any of the three shapes it uses; none from a body that is something else. */
export function telnyxWords(body: unknown, redact: Redact): TelnyxErrorDetail[] {
  const { errors } = membersOf(body);
  const list: unknown[] = Array.isArray(errors) ? errors : [body];
  return list
    .slice(0, MAX_DETAILS)
    .map((entry) => readDetail(entry, redact))
    .filter((detail) => Object.keys(detail).length > 0);
}

function readDetail(entry: unknown, redact: Redact): TelnyxErrorDetail {
  const { code, title, detail, message, source, pointer = membersOf(source)["pointer"] } = membersOf(entry);
  // Older documents of Telnyx have the code as a number.
  const found = Object.entries({ code, title, detail: detail ?? message, pointer }).filter(([, value]) =>
    ["string", "number"].includes(typeof value),
  );
  return Object.fromEntries(found.map(([name, value]) => [name, redact(String(value))]));
}

/** The members of a value that may be anything; null and undefined have none. */
function membersOf(value: unknown): Record<string, unknown> {
  return Object(value);
}
