import { redactor } from "../errors/redact.ts";
import { type ErrorContext, requestIdOf } from "../errors/response-error.ts";
import { parseHttpDate } from "../errors/retry-after.ts";
import type { RoomTokenError, RoomTokenOperation } from "../errors/room-token-error.ts";
import { InvalidGrant } from "../lib/grant.ts";
import type { Now } from "./clock.ts";
import { type HeldToken, holdRenewed } from "./held-token.ts";
import type { SessionSettings } from "./options.ts";
import { grantOf, headersOf, okResponseOf, type ResponseInput } from "./renewal-result.ts";
import { requestError } from "./request-error.ts";

const EXPIRED = "an expired token: does your back end keep tokens, or is its clock wrong?";

/** One call of `create` or `refresh`. */
export interface RenewalRequest {
  readonly operation: RoomTokenOperation;
  /** The token held, which the call has to replace. */
  readonly token: string | undefined;
  readonly refreshToken: string | undefined;
  readonly sentAt: number;
  readonly controller: AbortController;
}

/** What a request brought. */
export interface Renewed {
  readonly held: HeldToken;
  /** Undefined if the one held stays. */
  readonly refreshToken: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Always undefined: a RoomTokenError has one, and `onAttempt` reports either. */
  readonly code?: undefined;
}

/** Calls `create` or `refresh` once. Resolves to what that brought, or to why it brought nothing; never rejects. */
export async function renew(
  request: RenewalRequest,
  { create, refresh }: SessionSettings,
  now: Now,
): Promise<Renewed | RoomTokenError> {
  const { operation, refreshToken = "" } = request;
  const { signal } = request.controller;
  const context = errorContext(request);
  let response: ResponseInput | undefined;
  try {
    const returned: unknown = await (operation === "refresh"
      ? refresh?.({ refreshToken, signal })
      : create?.({ signal }));
    response = okResponseOf(returned);
    const grant = await grantOf(returned);
    const headers = headersOf(response ?? returned);
    const receivedAt = now();
    const held = holdRenewed(grant, parseHttpDate(headers.get("date")), request.sentAt, receivedAt);
    if (held.token === request.token) throw new InvalidGrant("no new token");
    if (held.usableUntil <= receivedAt) throw new InvalidGrant(EXPIRED);
    const requestId = requestIdOf(headers, context.redact);
    return { held, refreshToken: grant.refreshToken, status: response?.status, requestId };
  } catch (thrown) {
    return requestError(thrown, context, response?.status);
  }
}

/** What the errors of a request say and hide. */
export function errorContext({ operation, token = "", refreshToken = "" }: RenewalRequest): ErrorContext {
  const redact = redactor([token, refreshToken]);
  return { operation, attempts: 1, messagePrefix: `${operation} failed`, redact };
}
