import { invalidArgument } from "../errors/arguments.ts";
import { isNonEmptyString, peek } from "../lib/values.ts";

const MAX_TEXT_CHARS = 16_384;
const MAX_TOKEN_CHARS = 8_192;

/**
 * Reads the refresh token in the body of a page's request: in parsed JSON, JSON text, a fetch-style `Request`, or a
 * promise of one of these. Returns undefined if there is none. What it throws shows nothing of the body.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export async function readRefreshToken(requestBody: unknown): Promise<string | undefined> {
  let problem = "could not be read: it was read before, broke off or rejected"; // what to say if the next step throws
  try {
    let body = await requestBody;
    if (isRequest(body)) body = await body.text();
    problem = `must be a JSON object of at most ${MAX_TEXT_CHARS} characters`;
    const { refreshToken, refresh_token } = membersOf(typeof body === "string" ? parse(body) : body);
    if ((refreshToken ?? refresh_token) == null) return undefined;
    problem = `must have a non-empty refreshToken of at most ${MAX_TOKEN_CHARS} characters`;
    if (isNonEmptyString(refreshToken) && refreshToken.length <= MAX_TOKEN_CHARS) return refreshToken;
  } catch {} // what was thrown may quote the body
  throw invalidArgument("requestBody", problem);
}

/** A `Request`, or what a framework has in its place. A `Blob` has the same method. */
function isRequest(value: unknown): value is { text(): unknown } {
  return typeof peek(value, "text") === "function" && !/Blob|File/.test(tagOf(value));
}

/** The value of a JSON text. Empty text counts as an empty object. */
function parse(text: string): unknown {
  if (text.length > MAX_TEXT_CHARS) throw new RangeError();
  return JSON.parse(text.trim() || "{}");
}

/**
 * The members of a JSON object; null has none. Throws for what may hide a token: a list, bytes, a form, a stream, or a
 * framework's request.
 */
function membersOf(body: unknown): Record<string, unknown> {
  const members = (body ?? {}) as Record<string, unknown>;
  const isOther =
    tagOf(members) !== "[object Object]" || Symbol.asyncIterator in members || "headers" in members;
  if (isOther) throw new TypeError();
  return members;
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
