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

const TOO_LATE: unique symbol = Symbol("too late");

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
  const ask = async (signal: AbortSignal) => {
    const answer = await (isRefresh ? refresh?.({ refreshToken, signal }) : create?.({ signal }));
    if (isResponse(answer) && !answer.ok) return refusedAnswer(answer, operation, redact);
    const members = membersOf(isResponse(answer) ? await jsonOf(answer) : answer);
    const asked = { held, isRefresh, isForced: renewal.isForced, sentAt, askedLifeMs };
    return holdAnswer(members, clock.now(), asked);
  };
  const { signal } = renewal.abort;
  const answered = await withDeadline(ask, timeoutMs, signal, listeners, () => TOO_LATE).catch((thrown) => {
    if (signal.aborted || thrown === TOO_LATE) {
      return failure("timeout", operation, `no answer within ${timeoutMs} ms`);
    }
    const words = wordsOf(thrown);
    if (words !== undefined) return failure("invalid_response", operation, words);
    return callbackError(thrown, operation, redact);
  });
  if (answered instanceof RoomTokenError) throw answered;
  return answered;
}

/** The error that a Response stands for. */
async function refusedAnswer(
  response: ResponseInput & { type?: string },
  operation: RoomTokenOperation,
  redact: Redact,
): Promise<RoomTokenError> {
  const { status, type, headers } = response;
  const bodyText = await textOf(response).catch(() => ""); // a refusal stands even if its text is lost
  const subject = { operation, failed: `The session's ${operation} failed` };
  return refusedError(subject, { status, type, headers, bodyText }, parsed(bodyText), redact);
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

/** What an answer without a grant is; undefined where the callback threw. `instanceof` throws for a revoked proxy. */
function wordsOf(thrown: unknown): string | undefined {
  try {
    return thrown instanceof NoGrant ? thrown.words : undefined;
  } catch {
    return undefined;
  }
}
