/** What a session does when something happens to its page. */
export interface PageListener {
  /** The user is back. Timers run late in hidden pages and stop in frozen ones. */
  onReturn(): void;
  /** The network is back. */
  onOnline(): void;
}

/**
 * Listens to the page, where there is one.
 *
 * @returns The function that removes all listeners.
 */
export function listenToPage(listener: PageListener): () => void {
  if (typeof document === "undefined") return () => {};
  const page = typeof window === "undefined" ? globalThis : window;
  const onReturn = () => listener.onReturn();
  const listeners: [EventTarget, string, (event: Event) => void][] = [
    [document, "visibilitychange", () => document.visibilityState === "visible" && onReturn()],
    [page, "focus", onReturn],
    [page, "pageshow", (event) => (event as PageTransitionEvent).persisted && onReturn()],
    [page, "online", () => listener.onOnline()],
  ];
  const removers = listeners.map(([target, name, call]) => {
    target.addEventListener?.(name, call);
    return () => target.removeEventListener?.(name, call);
  });
  return () => {
    for (const remove of removers) remove();
  };
}
