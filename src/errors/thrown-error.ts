import { isPage } from "../lib/platform.ts";
import { isNonEmptyString, isObject, peek } from "../lib/values.ts";
import { oneLine, type Redact } from "./redact.ts";
import type { ErrorContext } from "./response-error.ts";
import { RoomTokenError } from "./room-token-error.ts";

/** The error of a request that got no response, or not the whole of it. */
export function connectionError(
  { operation, attempts, messagePrefix, redact }: ErrorContext,
  thrown: unknown,
): RoomTokenError {
  const cause = sanitizeError(thrown, redact);
  const hint = isPage() ? " (in a web page a missing CORS header looks the same)" : "";
  const message = `${messagePrefix}: the connection failed (${rootCause(cause)})${hint}`;
  return new RoomTokenError("connection_failed", message, { operation, attempts, retryable: true, cause });
}

/** The error of a request that took too long. */
export function timeoutError(
  { operation, attempts, messagePrefix }: ErrorContext,
  timeoutMs: number,
): RoomTokenError {
  const message = `${messagePrefix}: no complete response within ${timeoutMs} ms`;
  return new RoomTokenError("timeout", message, { operation, attempts, retryable: true });
}

/**
 * Whether a thrown value is the control flow of a framework, and no failure: Next.js makes a page dynamic, or
 * redirects, by throwing a value with a string `digest`.
 */
export function isControlFlow(thrown: unknown): boolean {
  return typeof peek(thrown, "digest") === "string";
}

type ErrorWithCode = Error & { code?: string };

const MAX_CAUSES = 5;

/**
 * Makes a fresh error of a foreign one, which may contain the request with its headers. Only name, message and code
 * are copied, redacted, of at most five errors of the cause chain.
 */
export function sanitizeError(thrown: unknown, redact: Redact, depth = 1): Error {
  const { name = "Error", message, code, cause } = readError(thrown);
  const clean = (text: string) => oneLine(redact(text)).trim();
  const isLast = cause == null || depth === MAX_CAUSES;
  const copy: ErrorWithCode = new Error(
    clean(message),
    isLast ? undefined : { cause: sanitizeError(cause, redact, depth + 1) },
  );
  Object.defineProperty(copy, "name", { value: clean(name) });
  if (code !== undefined) copy.code = clean(code);
  return copy;
}

/**
 * The deepest code and message of a sanitized cause chain, such as "ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1";
 * the name of an error that has neither.
 */
export function rootCause(sanitized: Error): string {
  let code: string | undefined;
  let message: string | undefined;
  for (let error: ErrorWithCode | undefined = sanitized; error; error = error.cause as typeof error) {
    code = error.code ?? code;
    message = error.message || message;
  }
  return [code, message].filter(Boolean).join(": ") || sanitized.name;
}

interface ErrorParts {
  readonly name?: string | undefined;
  readonly message: string;
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

/** Reads a foreign error. Its getters may throw. */
function readError(thrown: unknown): ErrorParts {
  if (typeof thrown === "string") return { message: thrown };
  if (!isObject(thrown)) return { message: `${thrown === null ? "null" : typeof thrown}, not an error` };
  try {
    const { name, cause, errors } = thrown;
    const parts = Array.isArray(errors) ? errors.filter(isObject) : []; // of an AggregateError
    const all = [thrown, ...parts];
    return {
      name: isNonEmptyString(name) ? name : undefined,
      message: all
        .map((part) => part["message"])
        .filter(isNonEmptyString)
        .join("; "),
      code: all.map((part) => part["code"]).find(isNonEmptyString),
      cause,
    };
  } catch {
    return { message: "an unreadable object" };
  }
}
