import { abortReason, onAbort, untilAborted } from "./abort.ts";

/**
 * Runs `work` for at most `timeoutMs`. Rejects with what the work rejects with, with the reason of `callerSignal` as
 * soon as that is aborted, or with what `timeoutError` returns when the time is over.
 *
 * @param work Receives a signal that is aborted when its result is no longer needed. Work that ignores it is abandoned.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  callerSignal: AbortSignal | undefined,
  timeoutError: () => Error,
): Promise<T> {
  if (callerSignal?.aborted) throw abortReason(callerSignal);
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timed = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => reject(timeoutError()), timeoutMs);
    work(controller.signal).then(resolve, reject);
  });
  try {
    return await untilAborted(timed, callerSignal);
  } catch (thrown) {
    controller.abort();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after `delayMs`, or as soon as `signal` is aborted. */
export function delay(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      unsubscribe?.();
      resolve();
    };
    const unsubscribe = signal && onAbort(signal, end);
    const timer = setTimeout(end, delayMs);
  });
}
