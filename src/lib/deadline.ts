import { abortReason, onAbort, untilAborted } from "./abort.ts";

/**
 * Runs `work` for at most `timeoutMs`; when the time is over, `onTimeout` decides the result.
 *
 * @param work Receives a signal that is aborted when its result is no longer needed. Work that ignores it is abandoned.
 * @param onTimeout Returns the result in place of the work's, or a promise that rejects.
 * @throws what the work or `onTimeout` rejects with, or the reason of `callerSignal` as soon as that is aborted.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  callerSignal: AbortSignal | undefined,
  onTimeout: () => T | Promise<T>,
): Promise<T> {
  if (callerSignal?.aborted) throw abortReason(callerSignal);
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timed = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      resolve(onTimeout());
      controller.abort();
    }, timeoutMs);
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
