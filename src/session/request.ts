import type { AttemptEvent } from "../errors/attempt-event.ts";
import { redactor } from "../errors/redact.ts";
import { type FailedRequest, requestIdOf } from "../errors/response-error.ts";
import { parseHttpDate, type ReadableHeaders } from "../errors/retry-after.ts";
import { RoomTokenError, type RoomTokenOperation } from "../errors/room-token-error.ts";
import { InvalidGrant } from "../lib/grant.ts";
import type { Now } from "./clock.ts";
import type { Grant } from "./grant.ts";
import { type HeldToken, holdRenewed } from "./held-token.ts";
import type { SessionSettings } from "./options.ts";
import { grantOf, headersOf, okResponseOf, type ResponseInput } from "./renewal-result.ts";
import { requestError } from "./request-error.ts";

const EXPIRED =
  "a token that expired before it was sent: does your back end keep tokens, or is its clock wrong?";

/** What a request brought. */
export interface Renewed {
  readonly held: HeldToken;
  /** Absent if the one that is held stays. */
  readonly refreshToken: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

/** One call of `create` or `refresh`. */
export interface RenewalRequest {
  readonly operation: RoomTokenOperation;
  /** The token held, which the call has to replace. */
  readonly token: string | undefined;
  readonly refreshToken: string | undefined;
  readonly sentAt: number;
  readonly signal: AbortSignal;
}

/** Calls `create` or `refresh` once. Resolves to what that brought, or to why it brought nothing; never rejects. */
export async function renew(
  request: RenewalRequest,
  { create, refresh }: SessionSettings,
  now: Now,
): Promise<Renewed | RoomTokenError> {
  const { operation, refreshToken = "", signal } = request;
  const failed = failedRequest(request);
  let response: ResponseInput | undefined;
  try {
    const returned: unknown = await (operation === "refresh"
      ? refresh?.({ refreshToken, signal })
      : create?.({ signal }));
    response = okResponseOf(returned);
    return readRenewed(request, await grantOf(returned), headersOf(response), response?.status, now());
  } catch (thrown) {
    return requestError(thrown, failed, response);
  }
}

/** The request as its errors describe it. */
export function failedRequest({ operation, token = "", refreshToken = "" }: RenewalRequest): FailedRequest {
  const redact = redactor([token, refreshToken]);
  return { operation, attempts: 1, messagePrefix: `${operation} failed`, redact };
}

/** What is told of a request. */
export function eventOf(
  { operation }: RenewalRequest,
  outcome: Renewed | RoomTokenError,
): Pick<AttemptEvent, "operation" | "status" | "requestId" | "code"> {
  const { status, requestId } = outcome;
  return { operation, status, requestId, code: outcome instanceof RoomTokenError ? outcome.code : undefined };
}

function readRenewed(
  request: RenewalRequest,
  grant: Grant,
  headers: ReadableHeaders,
  status: number | undefined,
  now: number,
): Renewed {
  const { token, sentAt } = request;
  const held = holdRenewed(grant, parseHttpDate(headers.get("date")), sentAt, now);
  if (grant.token === token) throw new InvalidGrant("no new token");
  if (held.usableUntil <= sentAt) throw new InvalidGrant(EXPIRED);
  if (held.usableUntil <= now) throw new InvalidGrant("a token that expired on its way");
  const requestId = requestIdOf(headers, failedRequest(request).redact);
  return { held, refreshToken: grant.refreshToken, status, requestId };
}
