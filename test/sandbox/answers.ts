/** A request as the sandbox sees it; header names are in lower case. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of the sandbox; header names are in lower case. */
export interface SandboxAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One error in Telnyx's envelope. */
export interface ErrorItem {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly source?: { readonly pointer: string };
}

const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" };

export function jsonAnswer(status: number, body: unknown): SandboxAnswer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

export function errorAnswer(status: number, ...errors: ErrorItem[]): SandboxAnswer {
  return jsonAnswer(status, { errors });
}

/** An error about one member of the request body. */
export function memberError(code: string, title: string, member: string, detail: string): ErrorItem {
  return { code, title, detail, source: { pointer: `/${member}` } };
}

export const unauthorized = (): SandboxAnswer =>
  errorAnswer(401, {
    code: "10009",
    title: "Authentication failed",
    detail: "The API key is missing or is not one of this account.",
  });

/** A 403 is declared as one error without the envelope: the only refusal of that shape. */
export const forbidden = (): SandboxAnswer =>
  jsonAnswer(403, {
    code: "10010",
    title: "Authorization failed",
    detail: "The refresh token has expired, was revoked, or belongs to another room.",
  });

export const notFound = (): SandboxAnswer =>
  errorAnswer(404, {
    code: "10005",
    title: "Resource not found",
    detail: "There is no such room, or no such path.",
  });

export const badRequest = (detail: string): SandboxAnswer =>
  errorAnswer(400, { code: "10015", title: "Bad request", detail });

export const noObject = (): SandboxAnswer =>
  errorAnswer(422, {
    code: "10015",
    title: "Bad request",
    detail: "The body must be a JSON object, sent as application/json.",
  });

export const tooManyRequests = (): SandboxAnswer =>
  errorAnswer(429, {
    code: "10011",
    title: "Too many requests",
    detail: "The limit of requests per minute is used up.",
  });

export const unavailable = (): SandboxAnswer =>
  errorAnswer(503, {
    code: "10007",
    title: "Service unavailable",
    detail: "The service is down for the moment.",
  });

/** The answer that fits a status best, for tests that ask for a status alone. */
export function answerForStatus(status: number): SandboxAnswer {
  const known = [unauthorized(), forbidden(), notFound(), tooManyRequests(), unavailable()];
  const match = known.find((answer) => answer.status === status);
  const code = status >= 500 ? "10007" : "10015";
  return match ?? errorAnswer(status, { code, title: `Status ${status}`, detail: "Asked for by the test." });
}
