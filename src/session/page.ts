const WINDOW_EVENTS = ["pageshow", "focus", "online"];

/**
 * Listens to the page, if there is one, because timers run late in a hidden page and stop in a frozen one.
 *
 * @param onBack Called when the page is shown again or gets the focus, or the network is back.
 * @returns The function that removes all listeners.
 */
export function listenToPage(onBack: () => void): () => void {
  const { document, window } = globalThis as { document?: Document; window?: EventTarget };
  const onEvent = ({ type, persisted }: Event & { readonly persisted?: boolean }) => {
    const isHidden = type === "visibilitychange" && document?.visibilityState !== "visible";
    // The first pageshow of a page is not persisted.
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
