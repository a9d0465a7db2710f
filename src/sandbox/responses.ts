/** A request as the sandbox reads it. Header names are in lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response of the sandbox. Header names are in lower case. */
export interface HttpResponse {
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

/** Headers with names in lower case, as `Headers` has them, except that of happy-dom. */
export function headersOf(headers: RequestInit["headers"]): Record<string, string> {
  return Object.fromEntries([...new Headers(headers)].map(([name, value]) => [name.toLowerCase(), value]));
}

const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" };

export function jsonResponse(status: number, body: unknown): HttpResponse {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

export function errorResponse(status: number, ...errors: ErrorItem[]): HttpResponse {
  return jsonResponse(status, { errors });
}

/** An error about one member of the request body. */
export function memberError(code: string, title: string, member: string, detail: string): ErrorItem {
  return { code, title, detail, source: { pointer: `/${member}` } };
}

export const unauthorized = (): HttpResponse =>
  errorResponse(401, {
    code: "10009",
    title: "Authentication failed",
    detail: "The API key is missing or is not the sandbox's.",
  });

/** Telnyx declares a 403 as one error without the envelope: the only error response of that shape. */
export const forbidden = (detail: string): HttpResponse =>
  jsonResponse(403, { code: "10010", title: "Authorization failed", detail });

export const notFound = (detail: string): HttpResponse =>
  errorResponse(404, { code: "10005", title: "Resource not found", detail });

export const badRequest = (detail: string): HttpResponse =>
  errorResponse(400, { code: "10015", title: "Bad request", detail });

export const notAnObject = (): HttpResponse =>
  errorResponse(422, {
    code: "10015",
    title: "Bad request",
    detail: "The body must be a JSON object, sent as application/json.",
  });

export const tooManyRequests = (): HttpResponse =>
  errorResponse(429, {
    code: "10011",
    title: "Too many requests",
    detail: "The limit of requests per minute is used up.",
  });

/** The error response of a status, for a fault that states no body. */
export function responseOfStatus(status: number): HttpResponse {
  const known = [
    unauthorized(),
    forbidden("The request is not allowed."),
    notFound("There is no such room."),
    tooManyRequests(),
  ];
  const match = known.find((response) => response.status === status);
  const code = status >= 500 ? "10007" : "10015";
  return (
    match ?? errorResponse(status, { code, title: `Status ${status}`, detail: "A fault of the sandbox." })
  );
}
