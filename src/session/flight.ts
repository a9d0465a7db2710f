/** A renewal that callers wait for together: they share its token, or its error. */
export class Flight {
  /** Somebody said that the token held is no good: what ends earlier may replace it. */
  forced = false;
  /** The request is on its way: from now on it is too old for a forced refresh. */
  sent = false;
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
}
