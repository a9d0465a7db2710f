import { type AbortListeners, abortReason } from "../deadline.ts";

/** A renewal that callers wait for together: they share its token, or its error. */
export class Renewal {
  /** Whether somebody said that the token held is no good: one that ends earlier may replace it. */
  isForced = false;
  /** When its current request is given up; undefined before the first one is sent. */
  giveUpAt: number | undefined;
  /** Aborts its request. */
  readonly abort: AbortController = new AbortController();
  succeed: (token: string) => void = () => {};
  fail: (error: Error) => void = () => {};
  readonly #token: Promise<string>;

  constructor() {
    this.#token = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
    this.#token.catch(() => {}); // nobody may be waiting
  }

  /** Whether its request slept past its deadline. */
  isOverdue(now: number): boolean {
    return this.giveUpAt !== undefined && now > this.giveUpAt;
  }

  /** Waits until it is over or `signal` is aborted, which ends this waiting and nothing else. */
  wait(signal: AbortSignal | undefined, listeners: AbortListeners): Promise<string> {
    if (signal === undefined) return this.#token;
    return new Promise((resolve, reject) => {
      // A listener may have aborted it since the caller's own check.
      if (signal.aborted) return reject(abortReason(signal));
      const leave = listeners.add(signal, () => {
        leave();
        reject(abortReason(signal));
      });
      this.#token.then(resolve, reject).then(leave);
    });
  }
}
