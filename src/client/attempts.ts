import { reportAttempt } from "../errors/attempt-event.ts";
import { type Redact, redactor } from "../errors/redact.ts";
import {
  type ErrorContext,
  invalidResponseError,
  requestIdOf,
  statusError,
} from "../errors/response-error.ts";
import type { RoomTokenError, RoomTokenOperation } from "../errors/room-token-error.ts";
import { connectionError, isControlFlow, timeoutError } from "../errors/thrown-error.ts";
import { abortReason } from "../lib/abort.ts";
import { delay, withDeadline } from "../lib/deadline.ts";
import { InvalidGrant } from "../lib/grant.ts";
import { monotonicNow } from "../lib/platform.ts";
import { isObject } from "../lib/values.ts";
import { type LightRequest, type OpenapiFetch, openapiFetch } from "./bindings.ts";
import { baseInit, isSameOrigin } from "./fetch.ts";
import type { CallSettings } from "./options.ts";
import { type BoundedResponse, NO_DATA, readResponse } from "./response.ts";
import { retryDelayMs } from "./retry.ts";

/** One call of the client. */
export interface Call extends CallSettings {
  readonly operation: RoomTokenOperation;
  readonly roomId: string;
  /** What no error and no event of the call may contain. */
  readonly secrets: readonly string[];
}

/** Makes one request by openapi-fetch, which calls the given `fetch`. */
type Post<Data> = (fetch: OpenapiFetch) => Promise<Posted<Data>>;

/** What openapi-fetch returns. */
interface Posted<Data> {
  readonly data?: { readonly data?: Data | undefined } | undefined;
  readonly error?: unknown;
}

/** How an attempt ended: with a result, or with an error. */
type Outcome<Result> = { readonly response?: BoundedResponse | undefined } & (
  | { readonly error: RoomTokenError }
  | { readonly error?: undefined; readonly result: Result }
);

/**
 * Makes the attempts of a call until one succeeds, its error is not retried, or no attempt is left.
 *
 * @param read Takes the result out of the `data` of a success; may throw {@link InvalidGrant}.
 * @throws RoomTokenError, the reason of the call's signal, or what the control flow of a framework threw
 */
export async function makeAttempts<Data extends object, Result>(
  call: Call,
  post: Post<Data>,
  read: (data: Data) => Result,
): Promise<Result> {
  const redact = redactor(call.secrets);
  for (let attempt = 1; ; attempt++) {
    const context = errorContext(call, attempt, redact);
    const startedAt = monotonicNow();
    const outcome = await withDeadline<Outcome<Result>>(
      (signal) => makeAttempt(call, context, post, read, signal),
      call.timeoutMs,
      call.signal,
      () => ({ error: timeoutError(context, call.timeoutMs) }),
    );
    const durationMs = monotonicNow() - startedAt;
    const mayRetry = outcome.error !== undefined && attempt <= call.maxRetries;
    const retryInMs = mayRetry ? retryDelayMs(outcome.error, attempt) : undefined;
    notifyAttempt(call, context, outcome, durationMs, retryInMs);
    if (outcome.error === undefined) return outcome.result;
    if (retryInMs === undefined) throw outcome.error;
    await delay(retryInMs, call.signal);
  }
}

function errorContext({ operation }: Call, attempts: number, redact: Redact): ErrorContext {
  const action = operation === "create" ? "Creating" : "Refreshing";
  const suffix = attempts > 1 ? ` after ${attempts} attempts` : "";
  return { operation, attempts, messagePrefix: `${action} a room client token failed${suffix}`, redact };
}

function notifyAttempt(
  { operation, roomId, onAttempt }: Call,
  { attempts: attempt, redact }: ErrorContext,
  { response, error }: Outcome<unknown>,
  durationMs: number,
  retryInMs: number | undefined,
): void {
  if (onAttempt === undefined) return;
  const requestId = response && requestIdOf(response.headers, redact);
  const facts = { status: response?.status, code: error?.code, requestId, durationMs, retryInMs };
  reportAttempt(onAttempt, { operation, roomId, attempt, ...facts });
}

/**
 * Sends one request and reads its response.
 *
 * @throws the reason of the call's signal, or what the control flow of a framework threw
 */
async function makeAttempt<Data extends object, Result>(
  call: Call,
  context: ErrorContext,
  post: Post<Data>,
  read: (data: Data) => Result,
  signal: AbortSignal,
): Promise<Outcome<Result>> {
  let response: BoundedResponse | undefined;
  const send = async (request: LightRequest) => {
    response = await sendRequest(call, request, signal);
    return response;
  };
  try {
    const posted = await post(openapiFetch(send));
    if (response !== undefined && !response.ok)
      return { response, error: statusError(context, response, posted.error) };
    return { response, result: read(dataOf(posted)) };
  } catch (thrown) {
    if (call.signal?.aborted) throw abortReason(call.signal); // fetch may have noticed it first
    if (response !== undefined) {
      const problem = thrown instanceof InvalidGrant ? thrown.message : NO_DATA; // openapi-fetch could not parse it
      return { response, error: invalidResponseError(context, response, problem) };
    }
    if (isControlFlow(thrown)) throw thrown;
    return { error: connectionError(context, thrown) };
  }
}

async function sendRequest(
  { fetch, isPlatformFetch }: Call,
  { url, headers, body }: LightRequest,
  signal: AbortSignal,
): Promise<BoundedResponse> {
  const response = await fetch(url, { ...baseInit(), headers, body, signal });
  if (typeof response?.status !== "number") throw new TypeError("fetch returned no response");
  // React Native's fetch ignores `redirect: "manual"`.
  const isFromOtherOrigin = isPlatformFetch && !!response.url && !isSameOrigin(response.url, url);
  return readResponse(response, signal, isFromOtherOrigin);
}

function dataOf<Data extends object>({ data: body }: Posted<Data>): Data {
  const { data } = isObject(body) ? body : {};
  if (!isObject(data)) throw new InvalidGrant(NO_DATA);
  return data as Data;
}
