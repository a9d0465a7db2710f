import { untilAborted } from "../lib/abort.ts";

/** The callers that wait for the same renewal: they share its token, or its error. */
export class Waiters {
  /** Whether one of them forces an attempt. */
  isForced = false;
  declare readonly resolve: (token: string) => void;
  declare readonly reject: (error: Error) => void;
  readonly #token: Promise<string>;
  #count = 0;

  constructor() {
    this.#token = new Promise((resolve, reject) => {
      Object.assign(this, { resolve, reject });
    });
  }

  /**
   * Waits for the renewal, or until `signal` is aborted, which ends this waiting and nothing else.
   *
   * @param onLastLeft Called when nobody waits any more.
   */
  wait(signal: AbortSignal | undefined, onLastLeft: () => void): Promise<string> {
    this.#count += 1;
    return untilAborted(this.#token, signal).finally(() => {
      this.#count -= 1;
      if (this.#count === 0) onLastLeft();
    });
  }
}
