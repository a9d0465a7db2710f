import { assertArgument, invalidArgument, type Rule, rule } from "../errors/arguments.ts";
import { isRoomTokenError } from "../errors/room-token-error.ts";
import { isNonEmptyString, isObject, peek } from "../lib/values.ts";

const MAX_TEXT_CHARS = 16_384;
const MAX_TOKEN_CHARS = 8_192;

const SHORT_ENOUGH: Rule = rule(
  (value) => typeof value !== "string" || value.length <= MAX_TEXT_CHARS,
  `must have at most ${MAX_TEXT_CHARS} characters`,
);
/** In a list, bytes, a form or a stream a refresh token would be overlooked. */
const JSON_OBJECT: Rule = rule(
  (value) =>
    isObject(value) &&
    tagOf(value) === "[object Object]" &&
    !(Symbol.iterator in value || Symbol.asyncIterator in value),
  "must be a JSON object",
);
const REFRESH_TOKEN: Rule = rule(
  (value) => isNonEmptyString(value) && value.length <= MAX_TOKEN_CHARS,
  `must be a non-empty string of at most ${MAX_TOKEN_CHARS} characters`,
);

/**
 * Reads the refresh token in the body of a page's request: in parsed JSON, JSON text, a fetch-style `Request`, or a
 * promise of one of these. Returns undefined if there is none. What it throws shows nothing of the body.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export async function readRefreshToken(requestBody: unknown): Promise<string | undefined> {
  const given = await orProblem(() => requestBody, "could not be read: the promise rejected");
  const text = isRequest(given) ? await textOf(given) : given;
  assertArgument("requestBody", text, SHORT_ENOUGH);
  const body = typeof text === "string" ? await orProblem(() => parse(text), "must be valid JSON") : text;
  return orProblem(
    () => findRefreshToken(body ?? {}),
    "must be readable: one of its getters or a proxy threw",
  );
}

/** Hides what `work` throws, unless it is made here: a syntax error quotes the text. */
async function orProblem<T>(work: () => T, problem: string): Promise<Awaited<T>> {
  try {
    return await work();
  } catch (thrown) {
    throw isRoomTokenError(thrown) ? thrown : invalidArgument("requestBody", problem);
  }
}

interface PageRequest {
  text(): unknown;
}

/** A `Request`, or what a framework has in its place. A `Blob` has the same method. */
function isRequest(value: unknown): value is PageRequest {
  return typeof peek(value, "text") === "function" && !/Blob|File/.test(tagOf(value));
}

function textOf(request: PageRequest): Promise<unknown> {
  const problem = peek(request, "bodyUsed")
    ? "is a request whose body was already read: pass what was read, or the request before anything reads it"
    : "could not be read: the page's request broke off";
  return orProblem(() => request.text(), problem);
}

/** Empty text counts as an empty object. */
function parse(text: string): unknown {
  return JSON.parse(text.trim() || "{}");
}

function findRefreshToken(body: unknown): string | undefined {
  assertArgument("requestBody", body, JSON_OBJECT);
  const { refreshToken, refresh_token } = body as Record<string, unknown>;
  const isAbsent = refreshToken === undefined || refreshToken === null;
  if (isAbsent && refresh_token === undefined) return undefined;
  assertArgument("the refreshToken of requestBody", refreshToken, REFRESH_TOKEN);
  return String(refreshToken);
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
