const WINDOW_EVENTS = ["pageshow", "focus", "online"];

/**
 * Listens to the page, if there is one: timers run late in hidden pages and stop in frozen ones.
 *
 * @param onBack Called when the page is shown again or gets the focus, and when the network is back.
 * @returns The function that removes all listeners.
 */
export function listenToPage(onBack: () => void): () => void {
  const { document, window } = globalThis as { document?: Document; window?: EventTarget };
  const onEvent = ({ type, persisted }: Event & { readonly persisted?: boolean }) => {
    const isHidden = type === "visibilitychange" && document?.visibilityState !== "visible";
    // A pageshow that is not persisted is that of a page that is shown for the first time.
    if (!isHidden && persisted !== false) onBack();
  };
  // React Native has a window that cannot be listened to.
  document?.addEventListener?.("visibilitychange", onEvent);
  for (const name of WINDOW_EVENTS) window?.addEventListener?.(name, onEvent);
  return () => {
    document?.removeEventListener?.("visibilitychange", onEvent);
    for (const name of WINDOW_EVENTS) window?.removeEventListener?.(name, onEvent);
  };
}
