import type { Wants } from "./facts.ts";
import { listenToPage } from "./page.ts";
import { Waiters } from "./waiters.ts";

/** Who wants renewals: the callers that wait for one, and the page, from `start` to `stop`. */
export class Demand implements Wants {
  #mode: "stopped" | "started" | "closed" = "stopped";
  readonly #onPageBack: () => void;
  #leavePage: (() => void) | undefined;
  #waiters: Waiters | undefined;
  /** Whether the page came back since the last attempt began. */
  #isPageBack = false;

  /** @param onPageBack Called when the page, from `start` to `stop`, is shown again or has its network back. */
  constructor(onPageBack: () => void) {
    this.#onPageBack = onPageBack;
  }

  get isStarted(): boolean {
    return this.#mode === "started";
  }

  get isClosed(): boolean {
    return this.#mode === "closed";
  }

  get isWaitedFor(): boolean {
    return this.#waiters !== undefined;
  }

  get isUrgent(): boolean {
    return this.#isPageBack || this.#waiters?.isUrgent === true;
  }

  /** Whether an attempt is to be made when its time has come. */
  get isAny(): boolean {
    return this.isStarted || this.isWaitedFor;
  }

  /** If it was started before, this is a page that is back. */
  start(): void {
    this.#isPageBack = this.isStarted;
    this.#mode = "started";
    this.#leavePage ??= listenToPage(() => {
      this.#isPageBack = true;
      this.#onPageBack();
    });
  }

  stop(): void {
    if (!this.isClosed) this.#mode = "stopped";
    this.#isPageBack = false;
    this.#leavePage?.();
    this.#leavePage = undefined;
  }

  /** Ends all demand for good, but for those that wait: they are returned. */
  close(): Waiters | undefined {
    this.stop();
    this.#mode = "closed";
    return this.takeWaiters();
  }

  /** The attempt that begins is the one for which the page came back. */
  attemptBegins(): void {
    this.#isPageBack = false;
  }

  /**
   * Waits for the next renewal.
   *
   * @param isUrgent Whether it may be made out of turn.
   * @param onLastLeft Called when nobody waits for it any more.
   */
  wait(isUrgent: boolean, signal: AbortSignal | undefined, onLastLeft: () => void): Promise<string> {
    this.#waiters ??= new Waiters();
    const waiters = this.#waiters;
    waiters.isUrgent ||= isUrgent;
    return waiters.wait(signal, () => {
      if (this.#waiters !== waiters) return; // their renewal is over
      this.#waiters = undefined;
      onLastLeft();
    });
  }

  /** Those that wait, who are to be told of a renewal that is over. */
  takeWaiters(): Waiters | undefined {
    const waiters = this.#waiters;
    this.#waiters = undefined;
    return waiters;
  }
}
