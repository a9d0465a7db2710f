import { RoomTokenError, type RoomTokenOperation } from "../errors.ts";
import { withDeadline } from "../transport.ts";
import type { ElapsedClock } from "./clock.ts";
import { type Held, takeAnswer } from "./grants.ts";
import type { SessionSettings } from "./options.ts";
import { callbackError } from "./setback.ts";

/** A renewal that callers wait for together: they share its token, or its error. */
export class Flight {
  /** Somebody said that the token held is no good: what ends earlier may replace it. */
  forced = false;
  /** Aborts its request. */
  readonly request: AbortController = new AbortController();
  /** Until when its request may take; `Infinity` while there is none, so that a forced refresh may still join. */
  giveUpAt: number = Infinity;
  resolve: (token: string) => void = () => {};
  reject: (error: Error) => void = () => {};
  readonly #token: Promise<string> = new Promise((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor() {
    this.#token.catch(() => {}); // nobody may be waiting
  }

  /** Waits as long as `signal` is not aborted: an abort ends the waiting, not the renewal. */
  wait(signal: AbortSignal | undefined): Promise<string> {
    if (signal === undefined) return this.#token;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason); // by a listener, since the caller's own check
      const onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#token.then(resolve, reject).then(() => signal.removeEventListener("abort", onAbort));
    });
  }

  /** One request within its deadline. An answer that brings no valid, newer token is a failure like any other. */
  async send(
    operation: RoomTokenOperation,
    held: Held | undefined,
    clock: ElapsedClock,
    { create, refresh, timeoutMs, ttlMs }: SessionSettings,
  ): Promise<Held> {
    const refreshed = operation === "refresh";
    const refreshToken = held?.grant.refreshToken ?? "";
    const sentAt = clock.now();
    this.giveUpAt = sentAt + timeoutMs;
    const failure = (code: "timeout" | "invalid_response", problem: string) =>
      new RoomTokenError(code, `The session's ${operation} gave ${problem}`, { operation, retryable: true });
    const ask = async (signal: AbortSignal) => {
      const answer = await (refreshed ? refresh({ refreshToken, signal }) : create?.({ signal }));
      const asked = { held, refreshed, forced: this.forced, sentAt, ttlMs };
      const taken = takeAnswer(answer, clock.now(), asked);
      if (typeof taken === "string") throw failure("invalid_response", taken);
      return taken;
    };
    const tooLate = () => failure("timeout", `no answer within ${timeoutMs} ms`);
    return withDeadline(ask, timeoutMs, this.request.signal, tooLate).catch((thrown) => {
      throw this.request.signal.aborted ? tooLate() : callbackError(thrown, operation);
    });
  }
}
