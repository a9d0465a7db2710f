import { listenToPage } from "./page.ts";
import { Waiters } from "./waiters.ts";

/** Who wants renewals: the page, from start to stop, and the callers that wait for one. */
export class Demand {
  mode: "stopped" | "started" | "closed" = "stopped";
  /** Whether the page came back since the last attempt began. */
  isPageBack = false;
  waiters: Waiters | undefined;
  #leavePage: (() => void) | undefined;

  get isAny(): boolean {
    return this.mode === "started" || this.waiters !== undefined;
  }

  /** Whether the next attempt may be made out of turn. */
  get isUrgent(): boolean {
    return this.isPageBack || this.waiters?.isForced === true;
  }

  /** @param onPageBack Called when the page is shown again or gets the focus, and when its network is back. */
  start(onPageBack: () => void): void {
    this.mode = "started";
    this.#leavePage = listenToPage(onPageBack);
  }

  end(mode: "stopped" | "closed"): void {
    this.mode = mode;
    this.isPageBack = false;
    this.#leavePage?.();
  }

  /**
   * Waits for the next renewal.
   *
   * @param isForced Whether the caller needs an attempt that begins now or later.
   * @param onLastLeft Called when nobody waits for it any more.
   */
  wait(isForced: boolean, signal: AbortSignal | undefined, onLastLeft: () => void): Promise<string> {
    this.waiters ??= new Waiters();
    const waiters = this.waiters;
    waiters.isForced ||= isForced;
    return waiters.wait(signal, () => {
      if (this.waiters !== waiters) return; // their renewal is over
      this.waiters = undefined;
      onLastLeft();
    });
  }
}
