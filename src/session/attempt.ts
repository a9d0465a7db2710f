import { redactor } from "../errors/redact.ts";
import { statusError } from "../errors/response-error.ts";
import { RoomTokenError, type RoomTokenOperation } from "../errors/room-token-error.ts";
import { isRedirectStatus } from "../errors/status.ts";
import { withDeadline } from "../lib/deadline.ts";
import { InvalidGrant } from "../lib/grant.ts";
import { isResponse, jsonOf, membersOf, type ResponseInput } from "./callback-answer.ts";
import { callbackError } from "./callback-error.ts";
import type { Now } from "./clock.ts";
import { type HeldGrant, holdAnswer, isNewer } from "./held-grant.ts";
import type { SessionSettings } from "./options.ts";
import type { Renewal } from "./renewal.ts";

type Redact = (text: string) => string;

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
  now: Now,
): Promise<HeldGrant> {
  const { create, refresh, timeoutMs, askedLifeMs } = settings;
  const { token = "", refreshToken = "" } = held?.grant ?? {};
  const redact = redactor([token, refreshToken]);
  const isRefresh = operation === "refresh";
  const sentAt = now();
  renewal.giveUpAt = sentAt + timeoutMs;
  const gave = (problem: string, code: "timeout" | "invalid_response") =>
    new RoomTokenError(code, `The session's ${operation} gave ${problem}`, { operation, retryable: true });
  const ask = async (signal: AbortSignal) => {
    try {
      const answer = await (isRefresh ? refresh?.({ refreshToken, signal }) : create?.({ signal }));
      const members = membersOf(isResponse(answer) ? await readResponse(answer, operation, redact) : answer);
      const next = holdAnswer(members, now(), sentAt, askedLifeMs, isRefresh ? held : undefined);
      if (!isNewer(next, held, renewal.isForced)) throw new InvalidGrant("no newer token");
      return next;
    } catch (thrown) {
      if (thrown instanceof InvalidGrant) throw gave(thrown.message, "invalid_response");
      throw callbackError(thrown, operation, redact);
    }
  };
  const tooLate = () => gave(`no answer within ${timeoutMs} ms`, "timeout");
  const { signal } = renewal.abort;
  try {
    return await withDeadline(ask, timeoutMs, signal, tooLate);
  } catch (thrown) {
    // Aborted from outside: its deadline slept through, or the session was closed and nobody reads the error.
    throw signal.aborted ? tooLate() : thrown;
  }
}

/**
 * The JSON of a Response. A stand-in for one may have `json` but no `text`.
 *
 * @throws RoomTokenError when it refuses.
 */
async function readResponse(
  response: ResponseInput & { type?: string; text?: () => Promise<unknown> },
  operation: RoomTokenOperation,
  redact: Redact,
): Promise<unknown> {
  const { status, type, headers } = response;
  if (response.ok) return jsonOf(response);
  let bodyText = "";
  let body: unknown;
  try {
    bodyText = String(response.text ? await response.text() : JSON.stringify(await response.json()));
    body = JSON.parse(bodyText);
  } catch {} // a refusal stands even if its text is lost, or is no JSON
  const subject = { operation, attempts: 1, messagePrefix: `The session's ${operation} failed`, redact };
  const redirect = type === "opaqueredirect" || isRedirectStatus(status) ? "not followed" : undefined;
  throw statusError(subject, { status, redirect, headers, bodyText }, body);
}
