/**
 * Calls a listener, if there is one. What it throws or rejects with goes to `reportError` in a page and is dropped
 * elsewhere: on Deno a report would end the process.
 */
export function callListener<Given extends unknown[]>(
  listener: ((...given: Given) => unknown) | undefined,
  ...given: Given
): void {
  // The executor runs at once. Its promise catches what the listener throws, now or later.
  new Promise((resolve) => resolve(listener?.(...given)))
    .catch((thrown) => globalThis.document !== undefined && globalThis.reportError?.(thrown))
    .catch(() => {});
}
