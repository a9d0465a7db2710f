/** How a piece of work ended that had a deadline: it finished, ran out of time, or its caller gave up on it. */
export type Outcome<T> =
  | { readonly ended: "done"; readonly value: T }
  | { readonly ended: "timeout" }
  | { readonly ended: "aborted"; readonly reason: unknown };

/**
 * Runs `work` for at most `timeoutMs` and for as long as `caller` is not aborted; rejects only with what the
 * work itself rejects with.
 *
 * The work gets a signal, but is not trusted to honour it: the outcome does not wait for it. The caller's
 * signal is joined by hand and left again, because a long-lived one would otherwise gather a listener per call.
 */
export function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  caller: AbortSignal | undefined,
): Promise<Outcome<T>> {
  if (caller?.aborted) return Promise.resolve({ ended: "aborted", reason: caller.reason });
  const controller = new AbortController();
  return new Promise<Outcome<T>>((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", onAbort);
    };
    const giveUp = (outcome: Outcome<T>) => {
      leave();
      resolve(outcome);
      controller.abort();
    };
    const onAbort = () => giveUp({ ended: "aborted", reason: caller?.reason });
    const timer = setTimeout(() => giveUp({ ended: "timeout" }), timeoutMs);
    caller?.addEventListener("abort", onAbort);
    work(controller.signal).then(
      (value) => {
        leave();
        resolve({ ended: "done", value });
      },
      (failure) => {
        leave();
        reject(failure);
      },
    );
  });
}

/** Waits, or less long where the caller gives up. */
export async function pause(delayMs: number, caller: AbortSignal | undefined): Promise<void> {
  await withDeadline(() => new Promise<never>(() => {}), delayMs, caller);
}
