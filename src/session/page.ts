/**
 * Listens to the page, if there is one: timers run late in hidden pages and stop in frozen ones.
 *
 * @param onBack Called when the page is shown again or gets the focus, and when the network is back.
 * @returns The function that removes all listeners.
 */
export function listenToPage(onBack: () => void): () => void {
  const { document, window } = globalThis as { document?: Document; window?: EventTarget };
  const listeners: [EventTarget | undefined, string, (event: Event) => void][] = [
    [document, "visibilitychange", () => document?.visibilityState === "visible" && onBack()],
    [window, "pageshow", (event) => (event as PageTransitionEvent).persisted && onBack()],
    [window, "focus", () => onBack()],
    [window, "online", () => onBack()],
  ];
  // React Native has a window that cannot be listened to.
  for (const [target, name, listener] of listeners) target?.addEventListener?.(name, listener);
  return () => {
    for (const [target, name, listener] of listeners) target?.removeEventListener?.(name, listener);
  };
}
