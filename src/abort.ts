/** Lets one more listener share a signal's real one; returns the function that takes it out again. */
type Join = (listener: () => void) => () => void;

const joins: WeakMap<AbortSignal, Join> = new WeakMap();

/**
 * Calls `listener` when `signal` is aborted. One real listener per signal serves all who wait on it, for Node warns
 * from the eleventh on. It is removed with the last of them.
 *
 * @returns The function that removes the listener.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const join = joins.get(signal) ?? listenTo(signal);
  return join(listener);
}

function listenTo(signal: AbortSignal): Join {
  const listeners = new Set<() => void>();
  const callAll = () => {
    for (const listener of [...listeners]) listener();
  };
  const join: Join = (listener) => {
    listeners.add(listener);
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      signal.removeEventListener("abort", callAll);
      joins.delete(signal);
    };
  };
  signal.addEventListener("abort", callAll);
  joins.set(signal, join);
  return join;
}

/** The reason of an aborted signal; an `AbortError` where the platform gives none (React Native). */
export function abortReason({ reason = abortError() }: AbortSignal): unknown {
  return reason;
}

function abortError(): Error {
  return Object.assign(new Error("This operation was aborted"), { name: "AbortError" });
}

/** Waits for `promise`, at most until `signal` is aborted: then it rejects with the signal's reason. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    if (signal.aborted) return reject(abortReason(signal));
    const leave = onAbort(signal, () => {
      leave();
      reject(abortReason(signal));
    });
    promise.then(leave, leave);
  });
}
