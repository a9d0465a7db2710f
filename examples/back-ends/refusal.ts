import type { RoomTokenError, RoomTokenErrorCode } from "telnyx-room-tokens";

/** What a page is told, by the error's code. All other errors are the server's own business: a 502. */
const TOLD: Partial<Record<RoomTokenErrorCode, [status: number, title: string]>> = {
  invalid_argument: [400, "The request is not valid."],
  forbidden: [403, "Telnyx does not allow this."],
  not_found: [404, "There is no such room."],
  rate_limited: [429, "There are too many requests at the moment."],
  timeout: [504, "Telnyx did not answer in time."],
};

export interface Refusal {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** A sentence for the user. */
  readonly body: { readonly title: string };
}

/** The answer to a user who may not join. */
export const FORBIDDEN: Refusal = answer(403, "You may not join this room.");

/** The answer to a request that cannot be read. */
export const INVALID: Refusal = answer(400, "The request is not valid.");

/** The answer for an error of this package. It holds no key, no token, and no words of Telnyx. */
export function refusalOf({ code, retryAfterMs, requestId }: RoomTokenError): Refusal {
  const [status, title] = TOLD[code] ?? [502, "Telnyx could not give a token."];
  return answer(status, title, {
    ...(retryAfterMs !== undefined && { "Retry-After": String(Math.ceil(retryAfterMs / 1000)) }),
    ...(requestId !== undefined && { "X-Request-Id": requestId }),
  });
}

function answer(status: number, title: string, headers: Record<string, string> = {}): Refusal {
  return { status, headers: { "Cache-Control": "no-store", ...headers }, body: { title } };
}
