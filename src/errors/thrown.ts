import { isFilled, isObject } from "../values.ts";

type Redact = (text: string) => string;
type CopiedError = Error & { code?: string };

const MAX_CAUSES = 5;

/**
 * A fresh error in the place of a foreign one, which may carry the request with its headers: only name, message
 * and code are copied, redacted, of at most five errors of the cause chain.
 */
export function copyOfThrown(thrown: unknown, redact: Redact, depth = 1): Error {
  const { name = "Error", message, code, cause } = readError(thrown);
  const deeper = cause !== undefined && depth < MAX_CAUSES;
  const copy: CopiedError = new Error(
    redact(message),
    deeper ? { cause: copyOfThrown(cause, redact, depth + 1) } : undefined,
  );
  Object.defineProperty(copy, "name", { value: redact(name) });
  if (code !== undefined) copy.code = redact(code);
  return copy;
}

/** The deepest code and message of a cause chain: "ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1". */
export function deepestReason(copy: Error): string {
  let code: string | undefined;
  let message: string | undefined;
  for (let error: CopiedError | undefined = copy; error; error = error.cause as CopiedError | undefined) {
    code = error.code ?? code;
    message = error.message || message;
  }
  return [code, message].filter(Boolean).join(": ");
}

interface ErrorParts {
  readonly name?: string | undefined;
  readonly message: string;
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

/** Reads a foreign error with care: its getters may throw. */
function readError(thrown: unknown): ErrorParts {
  if (typeof thrown === "string") return { message: thrown };
  if (!isObject(thrown)) return { message: `${thrown === null ? "null" : typeof thrown}, not an error` };
  try {
    const { name, message, code, cause, errors } = thrown;
    const parts = Array.isArray(errors) ? errors.filter(isObject) : [];
    const all = [{ message, code }, ...parts];
    return {
      name: isFilled(name) ? name : undefined,
      message: all
        .map((part) => part["message"])
        .filter(isFilled)
        .join("; "),
      code: all.map((part) => part["code"]).find(isFilled),
      cause,
    };
  } catch {
    return { message: "an unreadable object" };
  }
}
