import { isObject } from "./checks.ts";
import type { RoomTokenError, RoomTokenErrorCode, RoomTokenOperation } from "./errors.ts";
import { Failures } from "./failures.ts";
import {
  type Answer,
  exchange,
  type Fetch,
  parseObject,
  pause,
  steadyNow,
  withDeadline,
} from "./transport.ts";

/** What happened in one attempt of a call, for logs and metrics; it holds no secret. */
export interface AttemptEvent {
  readonly operation: RoomTokenOperation;
  /** Counted from 1. */
  readonly attempt: number;
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The code of the error, where the attempt failed. */
  readonly code?: RoomTokenErrorCode | undefined;
  readonly requestId?: string | undefined;
  readonly durationMs: number;
  /** How long the client waits before the next attempt; absent when there will be none. */
  readonly retryInMs?: number | undefined;
}

/** Gives the bearer of each attempt anew; rejects with a RoomTokenError only. */
export interface BearerSource {
  ask(): Promise<string>;
  /** The error when the asking outlasts the attempt. */
  tooLate(timeoutMs: number): RoomTokenError;
}

/** What a call goes by: the options of the client and its own, found good and completed. */
export interface CallSettings {
  readonly baseUrl: string;
  readonly fetch?: Fetch | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly signal?: AbortSignal | undefined;
  readonly onAttempt?: ((event: AttemptEvent) => void) | undefined;
}

/** Everything that the attempts of a call need. */
export interface Call<T> {
  readonly operation: RoomTokenOperation;
  readonly url: string;
  /** JSON. */
  readonly body: string;
  readonly settings: CallSettings;
  /** Without it no Authorization is sent. */
  readonly bearer?: BearerSource | undefined;
  /** What must not come out in an error; the bearers of its attempts join it. */
  readonly secrets: string[];
  /** Takes the result out of the answer's `data`, or says what is wrong with it. */
  readonly read: (data: Record<string, unknown>) => T | string;
}

const LONGEST_WAIT_MS = 10_000;
const LONGEST_BACKOFF_MS = 8_000;
const FIRST_BACKOFF_MS = 500;

/**
 * Makes attempts until one succeeds, one may not be repeated, or `maxRetries` are used up. Repeating is safe
 * for both operations: a token that was minted but never arrived just expires.
 */
export async function callWithRetries<T>(call: Call<T>): Promise<T> {
  const { maxRetries, signal, onAttempt } = call.settings;
  const { operation } = call;
  const failures = new Failures(operation, call.secrets);
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw signal.reason;
    const startedAt = steadyNow();
    const tell = (ended: Partial<AttemptEvent>) => {
      if (onAttempt === undefined) return;
      const event = { operation, attempt, durationMs: steadyNow() - startedAt, ...ended };
      // The executor's promise takes up what the callback throws, now or later.
      new Promise((resolve) => resolve(onAttempt(event))).catch(() => {});
    };
    try {
      const { answer, value } = await makeAttempt(call, failures);
      if (onAttempt) tell({ status: answer.status, requestId: failures.requestIdOf(answer) });
      return value;
    } catch (thrown) {
      if (signal?.aborted) {
        tell({});
        throw signal.reason;
      }
      const error = thrown as RoomTokenError;
      const { status, code, requestId } = error;
      const retryInMs = attempt <= maxRetries ? waitAfter(error, attempt) : undefined;
      tell({ status, code, requestId, retryInMs });
      if (retryInMs === undefined) throw error;
      await pause(retryInMs, signal);
    }
  }
}

/** How long to wait before repeating, in whole milliseconds, for timers drop the rest; undefined is not at all. */
function waitAfter({ retryable, retryAfterMs }: RoomTokenError, attempt: number): number | undefined {
  if (!retryable) return undefined;
  if (retryAfterMs === undefined) {
    const longestMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
    return Math.ceil(longestMs * (0.5 + Math.random() / 2));
  }
  return retryAfterMs <= LONGEST_WAIT_MS ? Math.ceil(retryAfterMs * (1 + Math.random() / 5)) : undefined;
}

/** One attempt within its deadline: asks for the bearer, sends, reads the whole answer, judges it. */
export async function makeAttempt<T>(
  call: Call<T>,
  failures: Failures = new Failures(call.operation, call.secrets),
): Promise<{ answer: Answer; value: T }> {
  const { bearer, url, body, settings } = call;
  const { fetch, timeoutMs } = settings;
  let asking = bearer !== undefined;
  const work = async (signal: AbortSignal): Promise<Answer> => {
    let headers = { ...settings.headers };
    if (bearer !== undefined) {
      const key = await bearer.ask();
      asking = false;
      call.secrets.push(key);
      headers = { authorization: `Bearer ${key}`, ...headers };
    }
    signal.throwIfAborted(); // a bearer that comes after the deadline is not sent
    const init = { method: "POST", headers, body, signal, redirect: "manual" } as const;
    return exchange(fetch, url, init).catch((thrown) => {
      throw failures.connection(thrown);
    });
  };
  const tooLate = () => (asking ? bearer?.tooLate(timeoutMs) : undefined) ?? failures.timeout(timeoutMs);
  const answer = await withDeadline(work, timeoutMs, settings.signal, tooLate);
  if (!answer.ok) throw failures.refused(answer);
  const data = answer.cut ? undefined : parseObject(answer.bodyText)?.["data"];
  const bound = answer.cut ? " within 1 MiB" : "";
  const value = isObject(data) ? call.read(data) : `no JSON object with data${bound}`;
  if (typeof value === "string") throw failures.unusable(answer, value);
  return { answer, value };
}
