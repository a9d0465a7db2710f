/** The version of this package; a test compares it with package.json. */
export const VERSION = "0.1.0";

/**
 * Whether this is a web page, or a worker of one. There an API key is rejected, a User-Agent header would break CORS,
 * and a failed request may be due to a missing CORS header. jsdom and happy-dom look like a page.
 */
export function isPage(): boolean {
  return String(globalThis.navigator?.userAgent).startsWith("Mozilla/5.0 ");
}

/** A variable of the environment, trimmed. One that is blank, or that may not be read (Deno), counts as absent. */
export function environmentVariable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name]?.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Whether `fetch` takes a `cache` mode: some workers reject it. Do not call it at import: it would load Node's fetch. */
export function hasCacheMode(): boolean {
  return typeof Request === "function" && "cache" in Request.prototype;
}

/** Milliseconds by a clock that is not moved when the system time is set; always 0 on a platform without one. */
export function monotonicNow(): number {
  return globalThis.performance?.now() ?? 0;
}
