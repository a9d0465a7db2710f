import { untilAborted } from "../lib/abort.ts";
import { listenToPage } from "./page.ts";

/** A call that waits for a renewal. */
interface Caller {
  resolve(token: string): void;
  reject(error: Error): void;
}

/** Who wants renewals: the page, from start to stop, and the callers that wait for one. */
export class Demand {
  mode: "stopped" | "started" | "closed" = "stopped";
  /** Whether the page came back since the last attempt began. */
  isPageBack = false;
  /** Made when the first one waits: an idle session is small. */
  #callers: Set<Caller> | undefined;
  /** Whether one of them forces an attempt. */
  #isForced = false;
  #leavePage: (() => void) | undefined;

  get isWaitedFor(): boolean {
    return this.#callers !== undefined && this.#callers.size > 0;
  }

  get isAny(): boolean {
    return this.mode === "started" || this.isWaitedFor;
  }

  /** Whether the next attempt may be made out of turn. */
  get isUrgent(): boolean {
    return this.isPageBack || this.#isForced;
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
   * Waits for the next renewal, whose token or error all callers share.
   *
   * @param isForced Whether the caller forces an attempt; one that joins the attempt under way does not.
   * @param onLeft Called if its signal ends the caller's waiting before.
   */
  wait(isForced: boolean, signal: AbortSignal | undefined, onLeft: () => void): Promise<string> {
    this.#isForced ||= isForced;
    const caller = {} as Caller;
    const renewed = new Promise<string>((resolve, reject) => Object.assign(caller, { resolve, reject }));
    this.#callers ??= new Set();
    this.#callers.add(caller);
    return untilAborted(renewed, signal).finally(() => {
      if (!this.#callers?.delete(caller)) return; // it was taken: its renewal is over
      if (!this.isWaitedFor) this.#isForced = false;
      onLeft();
    });
  }

  /** The callers that wait, to be settled because the renewal is over. From now on nobody waits. */
  takeCallers(): Iterable<Caller> {
    const callers = this.#callers ?? [];
    this.#callers = undefined;
    this.#isForced = false;
    return callers;
  }
}
