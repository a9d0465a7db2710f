import { type AbortListeners, withDeadline } from "../deadline.ts";
import { refusedError } from "../errors/answer.ts";
import { redactor } from "../errors/redact.ts";
import { RoomTokenError, type RoomTokenOperation } from "../errors/room-token-error.ts";
import { isResponse, jsonOf, membersOf, NoGrant, type ResponseInput } from "./callback-answer.ts";
import { callbackError } from "./callback-error.ts";
import type { ElapsedClock } from "./clock.ts";
import { type HeldGrant, holdAnswer } from "./held-grant.ts";
import type { SessionSettings } from "./options.ts";
import type { Renewal } from "./renewal.ts";

type Redact = (text: string) => string;

/** Carries an error of the session itself, which is not read as something that the callback threw. */
class KnownFailure {
  readonly error: RoomTokenError;

  constructor(error: RoomTokenError) {
    this.error = error;
  }
}

/**
 * Asks one callback once, within its deadline.
 *
 * @returns The grant that the answer brings. An answer that brings no valid, newer token is a failure.
 * @throws RoomTokenError only.
 */
export async function askCallback(
  operation: RoomTokenOperation,
  renewal: Renewal,
  held: HeldGrant | undefined,
  settings: SessionSettings,
  clock: ElapsedClock,
  listeners: AbortListeners,
): Promise<HeldGrant> {
  const { create, refresh, timeoutMs, askedLifeMs } = settings;
  const { token = "", refreshToken = "" } = held?.grant ?? {};
  const redact = redactor([token, refreshToken].filter(Boolean));
  const isRefresh = operation === "refresh";
  const sentAt = clock.now();
  renewal.giveUpAt = sentAt + timeoutMs;
  const work = async (signal: AbortSignal) => {
    const answer = await (isRefresh ? refresh?.({ refreshToken, signal }) : create?.({ signal }));
    const members = membersOf(isResponse(answer) ? await bodyOf(answer, operation, redact) : answer);
    const asked = { held, isRefresh, isForced: renewal.isForced, sentAt, askedLifeMs };
    return holdAnswer(members, clock.now(), asked);
  };
  const tooLate = () => failure("timeout", operation, `no answer within ${timeoutMs} ms`);
  try {
    return await withDeadline(
      work,
      timeoutMs,
      renewal.abort.signal,
      listeners,
      () => new KnownFailure(tooLate()),
    );
  } catch (thrown) {
    if (renewal.abort.signal.aborted) throw tooLate();
    if (isInstance(thrown, KnownFailure)) throw thrown.error;
    if (isInstance(thrown, NoGrant)) throw failure("invalid_response", operation, thrown.words);
    throw callbackError(thrown, operation, redact);
  }
}

/** The JSON of a successful Response; one that refuses is thrown as the error that it stands for. */
async function bodyOf(
  response: ResponseInput,
  operation: RoomTokenOperation,
  redact: Redact,
): Promise<unknown> {
  const { bodyUsed, type } = response as { bodyUsed?: unknown; type?: string };
  if (response.ok) return jsonOf(response, bodyUsed);
  const { status, headers } = response;
  const bodyText = await textOf(response).catch(() => ""); // a refusal stands even if its text is lost
  const subject = { operation, failed: `The session's ${operation} failed` };
  const answer = { status, type, headers, bodyText };
  throw new KnownFailure(refusedError(subject, answer, parsed(bodyText), redact));
}

/** A Response of the caller's own may have `json` alone. */
async function textOf(response: ResponseInput & { text?: unknown }): Promise<string> {
  const text: unknown =
    typeof response.text === "function" ? await response.text() : JSON.stringify(await response.json());
  return typeof text === "string" ? text : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(
  code: "timeout" | "invalid_response",
  operation: RoomTokenOperation,
  problem: string,
): RoomTokenError {
  return new RoomTokenError(code, `The session's ${operation} gave ${problem}`, {
    operation,
    retryable: true,
  });
}

/** `instanceof`, which throws for a revoked proxy. */
function isInstance<T>(value: unknown, type: new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}
