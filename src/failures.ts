import { isObject } from "./checks.ts";
import {
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenErrorInit,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "./errors.ts";
import { scrubber, scrubSuccessBody } from "./scrub.ts";
import { type Answer, inBrowser, parseObject } from "./transport.ts";

const CODES: Readonly<Record<number, RoomTokenErrorCode>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "unprocessable",
  429: "rate_limited",
};
const SECONDS = /^\d{1,15}$/;
const IMF_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const MAX_CAUSES = 5;
const MAX_DETAILS = 20;

/** Makes every error of one call: the only place where an HTTP error is built, so that none is unscrubbed. */
export class Failures {
  readonly #operation: RoomTokenOperation;
  readonly #secrets: readonly string[];

  /** @param secrets Read whenever a text is cleaned, so that the key of an attempt may still join them. */
  constructor(operation: RoomTokenOperation, secrets: readonly string[]) {
    this.#operation = operation;
    this.#secrets = secrets;
  }

  /** Telnyx's id of the request, from either of its headers. */
  requestIdOf(answer: Answer): string | undefined {
    const id = headerOf(answer, "x-request-id") || headerOf(answer, "request-id");
    return id ? this.#clean(id) : undefined;
  }

  /** An answer that is no success, by its status alone. */
  refused(answer: Answer): RoomTokenError {
    const { status } = answer;
    if (answer.redirected) {
      const shown = status === 0 ? "" : ` (${status})`;
      const problem = `a redirect${shown}, which is not followed: check baseUrl`;
      return this.#make("redirect_refused", problem, {}, answer);
    }
    const retryable = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
    const code = codeOfStatus(status);
    const errors = readDetails(answer.bodyText, (text) => this.#clean(text));
    const words = [errors[0]?.title, errors[0]?.detail].filter(Boolean).join(": ");
    const init = { retryable, errors, retryAfterMs: retryable ? retryAfterMs(answer) : undefined };
    return this.#make(code, `${status} ${words}`.trimEnd(), init, answer);
  }

  /** A 2xx that holds no usable token. */
  unusable(answer: Answer, problem: string): RoomTokenError {
    return this.#make("invalid_response", `${answer.status} without a usable token: ${problem}`, {}, answer);
  }

  /** No answer, or not the whole of it. */
  connection(thrown: unknown): RoomTokenError {
    const cause = copyOf(thrown, (text) => this.#clean(text));
    const reason = deepestCode(cause) ?? cause.message;
    const hint = inBrowser() ? "; in a page perhaps by a missing CORS header" : "";
    const problem = `the connection failed (${reason})${hint}`;
    return this.#make("connection_failed", problem, { retryable: true, cause });
  }

  timeout(timeoutMs: number): RoomTokenError {
    return this.#make("timeout", `no complete answer within ${timeoutMs} ms`, { retryable: true });
  }

  #make(
    code: RoomTokenErrorCode,
    problem: string,
    init: RoomTokenErrorInit,
    answer?: Answer,
  ): RoomTokenError {
    const operation = this.#operation;
    const doing = operation === "create" ? "Creating" : "Refreshing";
    const requestId = answer && this.requestIdOf(answer);
    const quoted = requestId === undefined ? "" : ` (request id ${requestId})`;
    const bodyText = answer && this.#clean(answer.ok ? scrubSuccessBody(answer.bodyText) : answer.bodyText);
    return new RoomTokenError(code, `${doing} a room client token failed: ${problem}${quoted}`, {
      ...init,
      operation,
      status: answer?.status,
      requestId,
      bodyText,
    });
  }

  /** What may go outside of a text that came from there. */
  #clean(text: string): string {
    return scrubber(this.#secrets)(text);
  }
}

/** The code of an answer that is no success and no redirect. */
export function codeOfStatus(status: number): RoomTokenErrorCode {
  return CODES[status] ?? (status >= 500 ? "server_error" : "unexpected_status");
}

/** A fresh error in the place of a foreign one, which may carry the request with its headers. */
export function copyOf(thrown: unknown, clean: (text: string) => string, depth = 1): Error {
  const { name, message, code, cause } = partsOf(thrown);
  const deeper = cause !== undefined && depth < MAX_CAUSES;
  const copy: Error & { code?: string } = new Error(
    typeof message === "string" ? clean(message) : "",
    deeper ? { cause: copyOf(cause, clean, depth + 1) } : undefined,
  );
  if (typeof name === "string") Object.defineProperty(copy, "name", { value: clean(name) });
  if (typeof code === "string") copy.code = clean(code);
  return copy;
}

function partsOf(thrown: unknown): { name?: unknown; message?: unknown; code?: unknown; cause?: unknown } {
  if (!isObject(thrown)) return { message: typeof thrown === "string" ? thrown : `a ${typeof thrown}` };
  try {
    const { name, message, code, cause } = thrown;
    return { name, message, code, cause };
  } catch {
    return { message: "an unreadable object" }; // one of its getters throws
  }
}

function deepestCode(error: Error & { code?: string }): string | undefined {
  return (error.cause instanceof Error ? deepestCode(error.cause) : undefined) ?? error.code;
}

/** Telnyx's own words, from any of the three shapes it uses; none from a body that is something else. */
function readDetails(bodyText: string, clean: (text: string) => string): TelnyxErrorDetail[] {
  const body = parseObject(bodyText);
  if (body === undefined) return [];
  const list = Array.isArray(body["errors"]) ? body["errors"] : [body];
  return list
    .slice(0, MAX_DETAILS)
    .map((entry) => readDetail(isObject(entry) ? entry : {}, clean))
    .filter((detail) => Object.keys(detail).length > 0);
}

function readDetail(entry: Record<string, unknown>, clean: (text: string) => string): TelnyxErrorDetail {
  const { code, title, detail, message, source } = entry;
  const pointer = isObject(source) ? source["pointer"] : undefined;
  const found = { code, title, detail: detail ?? message, pointer };
  // The code was a number in the document of some months.
  const texts = Object.entries(found).filter(([, value]) => ["string", "number"].includes(typeof value));
  return Object.fromEntries(texts.map(([name, value]) => [name, clean(String(value))]));
}

/**
 * How long the server asks to wait, in milliseconds, or undefined where it does not say so in valid form:
 * `Retry-After` (RFC 9110, section 10.2.3) as seconds or as an IMF date; else, on a 429, Telnyx's
 * `x-ratelimit-reset` in seconds.
 */
function retryAfterMs(answer: Answer): number | undefined {
  const asked = headerOf(answer, "retry-after");
  const reset = answer.status === 429 ? headerOf(answer, "x-ratelimit-reset") : "";
  return secondsMs(asked) ?? untilDateMs(asked, headerOf(answer, "date")) ?? secondsMs(reset);
}

function secondsMs(text: string): number | undefined {
  return SECONDS.test(text) ? Number(text) * 1000 : undefined;
}

/** Counted from the server's own clock where the answer shows it, for the local one may be wrong. */
function untilDateMs(asked: string, serverDate: string): number | undefined {
  const waitMs = parseDate(asked) - (parseDate(serverDate) || Date.now());
  return waitMs >= 0 ? waitMs : undefined;
}

/** NaN where it is no date. */
function parseDate(text: string): number {
  return IMF_DATE.test(text) ? Date.parse(text) : Number.NaN;
}

/** Empty where there is no such header, or where a fetch of the caller's own gave headers that cannot be read. */
function headerOf({ headers }: Answer, name: string): string {
  try {
    return headers.get(name) ?? "";
  } catch {
    return "";
  }
}
