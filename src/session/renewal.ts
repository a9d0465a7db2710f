import type { RoomTokenOperation } from "../errors/room-token-error.ts";
import { untilAborted } from "../lib/abort.ts";
import { NEVER } from "./clock.ts";

/** A renewal that callers wait for together: they share its token, or its error. */
export class Renewal {
  /** Whether somebody said that the token held is no good: one that ends earlier may replace it. */
  isForced = false;
  /** When its current request is given up; never, before the first one is sent. */
  giveUpAt: number = NEVER;
  /** The callbacks that were asked for it. */
  readonly asked: RoomTokenOperation[] = [];
  /** Aborts its request. */
  readonly abort: AbortController = new AbortController();
  declare readonly succeed: (token: string) => void;
  declare readonly fail: (error: Error) => void;
  readonly #token: Promise<string>;

  constructor() {
    this.#token = new Promise((resolve, reject) => {
      Object.assign(this, { succeed: resolve, fail: reject });
    });
    this.#token.catch(() => {}); // nobody may be waiting
  }

  /** Waits until it is over or `signal` is aborted, which ends this waiting and nothing else. */
  wait(signal: AbortSignal | undefined): Promise<string> {
    return untilAborted(this.#token, signal);
  }
}
