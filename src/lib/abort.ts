/** Adds a listener to those of a signal; returns the function that removes it. */
type Subscribe = (listener: () => void) => () => void;

const subscriptions: WeakMap<AbortSignal, Subscribe> = new WeakMap();

/**
 * Calls `listener` when `signal` is aborted. All listeners share one real listener on the signal, because Node warns
 * from the eleventh on. It is removed with the last of them.
 *
 * @returns The function that removes the listener.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const subscribe = subscriptions.get(signal) ?? listenTo(signal);
  return subscribe(listener);
}

function listenTo(signal: AbortSignal): Subscribe {
  const listeners = new Set<() => void>();
  const callAll = () => {
    for (const listener of listeners) listener();
  };
  const subscribe: Subscribe = (listener) => {
    listeners.add(listener);
    return () => {
      // A stub without removeEventListener keeps its one listener.
      if (!listeners.delete(listener) || listeners.size > 0 || !signal.removeEventListener) return;
      signal.removeEventListener("abort", callAll);
      subscriptions.delete(signal);
    };
  };
  signal.addEventListener("abort", callAll);
  subscriptions.set(signal, subscribe);
  return subscribe;
}

/** The reason of an aborted signal; an `AbortError` where the platform has none (React Native). */
export function abortReason({ reason = abortError() }: AbortSignal): unknown {
  return reason;
}

function abortError(): Error {
  // Not by assignment, which fails where Error.prototype is frozen.
  return Object.defineProperty(new Error("This operation was aborted"), "name", { value: "AbortError" });
}

/** Waits for `promise`; if `signal` is aborted first, rejects with the signal's reason. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    if (signal.aborted) return reject(abortReason(signal));
    const unsubscribe = onAbort(signal, () => {
      unsubscribe();
      reject(abortReason(signal));
    });
    promise.then(unsubscribe, unsubscribe);
  });
}
