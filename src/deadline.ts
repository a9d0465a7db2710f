/**
 * Listens for the abort of callers' signals, with one real listener per signal, however many wait on it: Node warns
 * from the eleventh on. It is removed with its last waiter.
 */
export class AbortListeners {
  /** How to wait on a signal that is listened to. */
  readonly #joins: WeakMap<AbortSignal, (listener: () => void) => () => void> = new WeakMap();

  /** Calls `listener` when `signal` is aborted. Returns the function that removes the listener. */
  add(signal: AbortSignal, listener: () => void): () => void {
    const join = this.#joins.get(signal) ?? this.#listenTo(signal);
    return join(listener);
  }

  #listenTo(signal: AbortSignal): (listener: () => void) => () => void {
    const listeners = new Set<() => void>();
    const callAll = () => {
      for (const listener of [...listeners]) listener();
    };
    const join = (listener: () => void) => {
      listeners.add(listener);
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        signal.removeEventListener("abort", callAll);
        this.#joins.delete(signal);
      };
    };
    signal.addEventListener("abort", callAll);
    this.#joins.set(signal, join);
    return join;
  }
}

/** The reason of an aborted signal; an `AbortError` where the platform gives none (React Native). */
export function abortReason(signal: AbortSignal): unknown {
  if (signal.reason !== undefined) return signal.reason;
  const message = "This operation was aborted";
  if (typeof DOMException === "function") return new DOMException(message, "AbortError");
  return Object.assign(new Error(message), { name: "AbortError" });
}

/**
 * Runs `work` for at most `timeoutMs` and for as long as `caller` is not aborted. Rejects with what the work
 * rejects with, with the caller's own reason, or with what `tooLate` makes when the time is over.
 *
 * The work gets a signal. Work that ignores it is abandoned.
 */
export function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  caller: AbortSignal | undefined,
  listeners: AbortListeners,
  tooLate: () => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (caller?.aborted) return reject(abortReason(caller));
    const controller = new AbortController();
    const giveUp = (reason: unknown) => {
      end();
      reject(reason);
      controller.abort();
    };
    const removeListener = caller && listeners.add(caller, () => giveUp(abortReason(caller)));
    const timer = setTimeout(() => giveUp(tooLate()), timeoutMs);
    const end = () => {
      clearTimeout(timer);
      removeListener?.();
    };
    work(controller.signal).finally(end).then(resolve, reject);
  });
}

/** Resolves after `delayMs`, or as soon as the caller's signal is aborted. */
export function pause(
  delayMs: number,
  caller: AbortSignal | undefined,
  listeners: AbortListeners,
): Promise<void> {
  return new Promise((resolve) => {
    if (caller?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      removeListener?.();
      resolve();
    };
    const removeListener = caller && listeners.add(caller, end);
    const timer = setTimeout(end, delayMs);
  });
}
