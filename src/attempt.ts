import type { Exchange } from "./bindings.ts";
import { withDeadline } from "./deadline.ts";
import type { RoomTokenError, RoomTokenOperation } from "./errors.ts";
import { Failures } from "./failures.ts";
import { isObject, parseObject } from "./json.ts";
import { type Answer, exchange, type Fetch } from "./transport.ts";

/** Gives the bearer of each attempt anew; rejects with a RoomTokenError only. */
export interface BearerSource {
  ask(): Promise<string>;
  /** The error when the asking outlasts the attempt. */
  tooLate(timeoutMs: number): RoomTokenError;
}

/** How the attempts of a call are made. */
export interface AttemptSettings {
  readonly fetch: Fetch | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Everything that an attempt of a call needs; the same for every attempt of it. */
export interface Call<T> {
  readonly operation: RoomTokenOperation;
  readonly settings: AttemptSettings;
  /** Without it no Authorization is sent. */
  readonly bearer?: BearerSource | undefined;
  /** What must not come out in an error, besides the bearer. */
  readonly secrets: readonly string[];
  /** Sends the request through the bindings. */
  readonly send: (exchange: Exchange) => Promise<Answer>;
  /** Takes the result out of the answer's `data`, or says what is wrong with it. */
  readonly read: (data: Record<string, unknown>) => T | string;
}

/** How an attempt ended; the answer is there where one arrived whole. */
export type Attempt<T> =
  | { readonly ended: "value"; readonly value: T; readonly answer: Answer; readonly failures: Failures }
  | { readonly ended: "error"; readonly error: RoomTokenError }
  | { readonly ended: "aborted"; readonly reason: unknown };

/** Makes one attempt within its deadline: asks for the bearer, sends, reads the whole answer, judges it. */
export async function attempt<T>(call: Call<T>): Promise<Attempt<T>> {
  const { fetch, timeoutMs } = call.settings;
  const secrets = [...call.secrets];
  const failures = new Failures(call.operation, secrets);
  let asking = false;

  const work = async (signal: AbortSignal): Promise<Answer> => {
    let headers = { ...call.settings.headers };
    if (call.bearer !== undefined) {
      asking = true;
      const bearer = await call.bearer.ask();
      asking = false;
      secrets.push(bearer);
      headers = { authorization: `Bearer ${bearer}`, ...headers };
    }
    return call.send((url, body) => {
      signal.throwIfAborted(); // a bearer that comes after the deadline is not sent
      return exchange(fetch, url, { method: "POST", headers, body, signal, redirect: "manual" });
    });
  };

  try {
    const outcome = await withDeadline(work, timeoutMs, call.settings.signal);
    if (outcome.ended === "aborted") return outcome;
    if (outcome.ended === "done") return judge(call, outcome.value, failures);
    const late = asking ? call.bearer?.tooLate(timeoutMs) : undefined;
    return { ended: "error", error: late ?? failures.timeout(timeoutMs) };
  } catch (thrown) {
    return { ended: "error", error: asking ? (thrown as RoomTokenError) : failures.connection(thrown) };
  }
}

function judge<T>(call: Call<T>, answer: Answer, failures: Failures): Attempt<T> {
  if (!answer.ok) return { ended: "error", error: failures.refused(answer) };
  const data = answer.cut ? undefined : parseObject(answer.bodyText)?.["data"];
  const value = isObject(data)
    ? call.read(data)
    : `no JSON object with data${answer.cut ? " within 1 MiB" : ""}`;
  if (typeof value === "string") return { ended: "error", error: failures.unusable(answer, value) };
  return { ended: "value", value, answer, failures };
}
