import { abortReason, onAbort, untilAborted } from "./abort.ts";

/**
 * Runs `work` for at most `timeoutMs` and for as long as `caller` is not aborted. Rejects with what the work
 * rejects with, with the caller's own reason, or with what `tooLate` makes when the time is over.
 *
 * The work gets a signal. Work that ignores it is abandoned.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  caller: AbortSignal | undefined,
  tooLate: () => unknown,
): Promise<T> {
  if (caller?.aborted) throw abortReason(caller);
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timed = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => reject(tooLate()), timeoutMs);
    work(controller.signal).then(resolve, reject);
  });
  try {
    return await untilAborted(timed, caller);
  } catch (thrown) {
    controller.abort();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after `delayMs`, or as soon as the caller's signal is aborted. */
export function pause(delayMs: number, caller: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (caller?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      removeListener?.();
      resolve();
    };
    const removeListener = caller && onAbort(caller, end);
    const timer = setTimeout(end, delayMs);
  });
}
