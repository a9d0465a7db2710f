import type { RoomTokenOperation } from "../errors.ts";
import type { Held } from "./lifetime.ts";

/**
 * Which way a renewal goes. Where there is no `create`, the refresh token is used whatever the clock says about
 * its end, for the clock may be wrong; where there is, the two take turns once two renewals in a row have failed.
 *
 * @param refused The refresh token that was refused: it is never used again.
 * @param failures Renewals that have failed in a row.
 */
export function chooseRoute(
  held: Held | undefined,
  refused: string | undefined,
  failures: number,
  now: number,
  hasCreate: boolean,
): RoomTokenOperation {
  if (held === undefined || held.grant.refreshToken === refused) return "create";
  if (!hasCreate) return "refresh";
  if (now >= held.refreshEndsAt - 5000) return "create";
  return failures >= 2 && failures % 2 === 0 ? "create" : "refresh";
}
