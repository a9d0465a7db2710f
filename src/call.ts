import { abortReason } from "./abort.ts";
import { checkApiKey } from "./checks.ts";
import { withDeadline } from "./deadline.ts";
import { refusedError, requestIdOf, type Subject, unusableError } from "./errors/answer.ts";
import { connectionError, timeoutError } from "./errors/connection.ts";
import { redactor } from "./errors/redact.ts";
import {
  isRoomTokenError,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenOperation,
} from "./errors/room-token-error.ts";
import { codeOfStatus } from "./errors/status.ts";
import { copyOfThrown } from "./errors/thrown.ts";
import { NoGrant } from "./grants.ts";
import { type CallSettings, type ClientSettings, callSettings, type RequestOptions } from "./options.ts";
import type { Answer } from "./transport/answer.ts";
import { AbortedByCaller, isControlFlow, NoAnswer } from "./transport/no-answer.ts";
import type { AttemptEnd, TransportSettings } from "./transport/request.ts";
import { isObject } from "./values.ts";

/** What openapi-fetch gives back. */
interface Sent<Data> {
  readonly data?: { readonly data?: Data | undefined } | undefined;
  readonly error?: unknown;
  readonly response: { readonly ok: boolean };
}

/** One call of the facade: its settings, its secrets, its events, and what it rejects with. */
export class Call {
  readonly #subject: Subject;
  readonly #client: ClientSettings;
  readonly #settings: CallSettings;
  /** What must not come out in an error or an event. */
  readonly #secrets: string[];
  /** How the last attempt ended. Cleared when the call ends, so that a kept error does not keep a whole body alive. */
  #lastEnd: AttemptEnd | undefined;

  /** @throws RoomTokenError `invalid_argument` */
  constructor(operation: RoomTokenOperation, client: ClientSettings, options: RequestOptions) {
    const doing = operation === "create" ? "Creating" : "Refreshing";
    this.#subject = { operation, failed: `${doing} a room client token failed` };
    this.#client = client;
    this.#settings = callSettings(client, options, operation);
    this.#secrets = typeof client.apiKey === "string" ? [client.apiKey] : [];
  }

  /** The headers that were given for this call. */
  get headers(): Record<string, string> {
    return this.#settings.headers;
  }

  get transportSettings(): TransportSettings {
    const { fetch, timeoutMs, maxRetries, signal } = this.#settings;
    const onAttemptEnd = (end: AttemptEnd) => this.#attemptEnded(end);
    return { fetch, timeoutMs, maxRetries, signal, onAttemptEnd };
  }

  /** Keeps a secret out of the errors and events of this call. */
  hide(secret: string): void {
    this.#secrets.push(secret);
  }

  /** The API key to send: that of the client, or what its key function gives when it is asked now. */
  async apiKey(): Promise<string> {
    const { apiKey } = this.#client;
    if (apiKey === undefined) throw this.#missingApiKey("no API key: pass apiKey, or set TELNYX_API_KEY");
    if (typeof apiKey === "string") return apiKey;
    const { timeoutMs, signal } = this.#settings;
    const tooLate = () => this.#missingApiKey(`the apiKey function gave no key within ${timeoutMs} ms`);
    const key = await withDeadline(() => this.#ask(apiKey), timeoutMs, signal, tooLate);
    this.hide(key);
    return key;
  }

  async #ask(apiKey: () => string | Promise<string>): Promise<string> {
    let key: unknown;
    try {
      key = await apiKey();
    } catch (thrown) {
      // A key function may fetch, from a vault say: the control flow of a framework comes through there, too.
      if (isControlFlow(thrown)) throw thrown;
      throw this.#missingApiKey("the apiKey function failed", copyOfThrown(thrown, redactor([])));
    }
    if (!key) throw this.#missingApiKey("the apiKey function gave no key");
    checkApiKey("what the apiKey function gives", key, "create");
    return key as string;
  }

  #missingApiKey(problem: string, cause?: Error): RoomTokenError {
    const { operation, failed } = this.#subject;
    return new RoomTokenError("missing_api_key", `${failed}: ${problem}`, { operation, cause });
  }

  /** Takes the result out of the answer's data, and makes an error of everything else. */
  async result<Data extends object, Result>(
    sent: Promise<Sent<Data>>,
    read: (data: Data) => Result,
  ): Promise<Result> {
    try {
      const { data, error, response } = await sent;
      if (!response.ok) throw this.#refused(error);
      const { data: members } = isObject(data) ? data : {};
      if (!isObject(members)) throw this.#unusable(NO_DATA);
      const result = read(members);
      this.#reportLast();
      return result;
    } catch (thrown) {
      const failure = this.#failureOf(thrown);
      this.#reportLast(isRoomTokenError(failure) ? failure.code : undefined);
      throw failure;
    } finally {
      this.#lastEnd = undefined;
    }
  }

  /** What a call rejects with, made of whatever was thrown. */
  #failureOf(thrown: unknown): unknown {
    const { signal, timeoutMs } = this.#settings;
    if (thrown instanceof AbortedByCaller && signal) return abortReason(signal);
    if (thrown instanceof NoAnswer && thrown.timedOut) return timeoutError(this.#subject, timeoutMs);
    if (thrown instanceof NoAnswer) return connectionError(this.#subject, thrown.cause, this.#redact);
    if (thrown instanceof NoGrant) return this.#unusable(inTelnyxNames(thrown.message));
    if (isRoomTokenError(thrown)) return thrown;
    // openapi-fetch could not parse the body; without an answer it is the control flow of a framework.
    const answer = this.#lastEnd?.answer;
    if (answer === undefined) return thrown;
    return this.#unusable(answer.isTooLong ? `${NO_DATA} within 1 MiB` : NO_DATA);
  }

  #refused(body: unknown): RoomTokenError {
    return refusedError(this.#subject, this.#lastAnswer, body, this.#redact);
  }

  #unusable(problem: string): RoomTokenError {
    return unusableError(this.#subject, this.#lastAnswer, problem, this.#redact);
  }

  get #lastAnswer(): Answer {
    const answer = this.#lastEnd?.answer;
    if (answer === undefined) throw new TypeError("no answer");
    return answer;
  }

  get #redact(): (text: string) => string {
    return redactor(this.#secrets);
  }

  /** Reports an attempt that is retried at once; the last one when its answer was read, for it may be unusable. */
  #attemptEnded(end: AttemptEnd): void {
    if (end.retryInMs === undefined) this.#lastEnd = end;
    else this.#report(end, end.answer ? codeOfStatus(end.answer.status) : codeOfNoAnswer(end.thrown));
  }

  #reportLast(code?: RoomTokenErrorCode): void {
    if (this.#lastEnd !== undefined) this.#report(this.#lastEnd, code);
  }

  #report({ attempt, answer, durationMs, retryInMs }: AttemptEnd, code?: RoomTokenErrorCode): void {
    const { onAttempt } = this.#client;
    if (onAttempt === undefined) return;
    const { operation } = this.#subject;
    const requestId = answer && requestIdOf(answer, this.#redact);
    const event = { operation, attempt, status: answer?.status, code, requestId, durationMs, retryInMs };
    // The promise drops what the callback throws, also if it is async.
    new Promise((resolve) => resolve(onAttempt(event))).catch(() => {});
  }
}

const NO_DATA = "no JSON object with data";

function codeOfNoAnswer(thrown: unknown): RoomTokenErrorCode {
  return thrown instanceof NoAnswer && thrown.timedOut ? "timeout" : "connection_failed";
}

/** "no tokenExpiresAt" → "no token_expires_at" */
function inTelnyxNames(words: string): string {
  return words.replace(/[a-z][A-Z]/g, (pair) => pair.split("").join("_").toLowerCase());
}
