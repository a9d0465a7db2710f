import type { RoomTokenOperation } from "../errors/room-token-error.ts";
import type { Failure } from "./failure.ts";
import type { HeldGrant } from "./held-grant.ts";
import type { SessionSettings } from "./options.ts";

/** A refresh token this close to its computed end, or past it, is not worth a request if `create` can be asked. */
const REFRESH_END_MARGIN_MS = 5000;

/**
 * Which callback a renewal asks first.
 *
 * Without `create` the refresh token is used whatever the clock says about its end, for the clock may be wrong.
 *
 * @param refusedRefreshToken The refresh token that was refused; it is not used while `create` is not refused too.
 */
export function nextOperation(
  held: HeldGrant | undefined,
  { create, refresh }: SessionSettings,
  failure: Failure | undefined,
  refusedRefreshToken: string | undefined,
  now: number,
): RoomTokenOperation {
  if (refresh === undefined || held === undefined) return "create";
  if (create === undefined) return "refresh";
  if (failure?.isRefusal) return failure.turn;
  if (held.grant.refreshToken === refusedRefreshToken) return "create";
  // After two transient failures in a row the two alternate.
  const failures = failure?.failures ?? 0;
  const createFirst = failures >= 2 || now >= held.refreshEndsAt - REFRESH_END_MARGIN_MS;
  return createFirst && failures % 2 === 0 ? "create" : "refresh";
}

/**
 * Whose turn it is after a refusal. Where both were asked it is `create`: a refresh token that is refused is mostly
 * dead, while a refused create may come from a deploy that ends.
 */
export function turnAfter(asked: readonly RoomTokenOperation[]): RoomTokenOperation {
  return asked.includes("refresh") ? "create" : "refresh";
}
