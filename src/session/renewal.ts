import { withDeadline } from "../deadline.ts";
import { RoomTokenError, type RoomTokenOperation } from "../errors.ts";
import { isObject } from "../json.ts";
import type { ElapsedClock } from "./clock.ts";
import { readGrant } from "./grants.ts";
import { type Held, hold } from "./lifetime.ts";
import type { SessionSettings } from "./options.ts";
import { callbackError } from "./setback.ts";

/**
 * Which way the next renewal goes. Where there is no `create`, the refresh token is used whatever the clock
 * says about its end, because the clock may be wrong; where there is, the two take turns while both fail.
 *
 * @param refused The refresh token that was refused: it is never used again.
 * @param failures Renewals that have failed in a row.
 */
export function chooseRoute(
  held: Held | undefined,
  refused: string | undefined,
  failures: number,
  now: number,
  { create }: SessionSettings,
): RoomTokenOperation {
  if (held === undefined || held.grant.refreshToken === refused) return "create";
  if (create === undefined) return "refresh";
  const turn = failures >= 2 && failures % 2 === 0;
  return turn || now >= held.refreshEndsAt - 5000 ? "create" : "refresh";
}

/**
 * Makes one request within its deadline and places its answer on the clock.
 *
 * @param forced The token held is no good: one that ends earlier may replace it.
 * @throws RoomTokenError whatever went wrong; an answer that brings no valid, newer token counts as that.
 */
export async function request(
  operation: RoomTokenOperation,
  held: Held | undefined,
  forced: boolean,
  clock: ElapsedClock,
  closing: AbortSignal,
  { create, refresh, timeoutMs, ttlMs }: SessionSettings,
): Promise<Held> {
  const kept = operation === "create" ? undefined : held?.grant;
  const ask = async (signal: AbortSignal): Promise<unknown> =>
    kept === undefined ? create?.({ signal }) : refresh({ refreshToken: kept.refreshToken, signal });
  const fail = (code: "timeout" | "invalid_response", problem: string) =>
    new RoomTokenError(code, `The session's ${operation} brought no token: ${problem}`, {
      operation,
      retryable: true,
    });

  const sentAt = clock.now();
  const outcome = await withDeadline(ask, timeoutMs, closing).catch((thrown) => {
    throw callbackError(thrown, operation);
  });
  if (outcome.ended !== "done") throw fail("timeout", `no answer within ${timeoutMs} ms`);
  const { token, tokenExpiresAt, ...rest } = isObject(outcome.value) ? outcome.value : {};
  const grant = readGrant({ ...rest, ...kept, token, tokenExpiresAt });
  if (typeof grant === "string") throw fail("invalid_response", grant);

  // The same token once more ends when it did: counted from this request it would live for ever.
  const same = held?.grant.token === token ? held : undefined;
  const now = clock.now();
  const next = same ?? hold(grant, now, sentAt, ttlMs, kept && held?.refreshLifeMs);
  if (now >= next.deadAt) throw fail("invalid_response", "it is dead already");
  if (forced || held === undefined) return next;
  if (same || (held.measured && next.endsAt < held.endsAt)) throw fail("invalid_response", "it is not newer");
  return next;
}
