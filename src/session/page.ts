/**
 * Listens to the page, where there is one: timers run late in hidden pages and stop in frozen ones.
 *
 * @param onBack Called when the user is back, or, with `isOnline`, the network.
 * @returns The function that removes all listeners.
 */
export function listenToPage(onBack: (isOnline: boolean) => void): () => void {
  const { document, window } = globalThis as { document?: Document; window?: EventTarget };
  const listeners: [EventTarget | undefined, string, (event: Event) => void][] = [
    [document, "visibilitychange", () => document?.visibilityState === "visible" && onBack(false)],
    [window, "focus", () => onBack(false)],
    [window, "pageshow", (event) => (event as PageTransitionEvent).persisted && onBack(false)],
    [window, "online", () => onBack(true)],
  ];
  // React Native has a window that cannot be listened to.
  const removers = listeners.map(([target, name, call]) => {
    target?.addEventListener?.(name, call);
    return () => target?.removeEventListener?.(name, call);
  });
  return () => {
    for (const remove of removers) remove();
  };
}
