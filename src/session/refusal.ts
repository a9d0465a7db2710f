import { isRetryableStatus } from "../errors/status.ts";

/** The last attempt has to be this old before somebody may ask again. */
export const REFUSAL_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

/**
 * Whether a failure is a refusal: then the session asks again slowly. It does not give up, for the refusal may come
 * from a proxy, or from a gateway during a deploy. Everything else is transient. The rule is the same for refresh
 * and create.
 */
export function isRefusal(failure: {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly retryable?: unknown;
}): boolean {
  const { code, status, retryable } = failure;
  if (retryable === false && code !== "invalid_response") return true;
  return typeof status === "number" && status >= 300 && status < 500 && !isRetryableStatus(status);
}

/**
 * The pause after a refusal, in milliseconds.
 *
 * @param refusals How often in a row the session was refused while it had no valid token, this time
 * included; 0 while it has one.
 */
export function slowPauseMs(refusals: number): number {
  const pauseMs = Math.min(LONGEST_PAUSE_MS, REFUSAL_PAUSE_MS * 2 ** Math.max(0, refusals - 1));
  return pauseMs * (0.8 + 0.4 * Math.random());
}
