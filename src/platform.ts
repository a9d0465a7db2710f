/** The version of this package; a test holds it to package.json. */
export const VERSION = "0.1.0";

/**
 * Whether this is a web page or a worker of one: it decides about the API key guard, the User-Agent header, which
 * breaks CORS there, and the hint that a failed request may lack a CORS header. jsdom and happy-dom look like one.
 */
export function isPage(): boolean {
  return globalThis.navigator?.userAgent?.startsWith("Mozilla/5.0 ") ?? false;
}

/** A variable of the environment, trimmed. One that is blank, or may not be read (Deno), counts as absent. */
export function environmentVariable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name]?.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** A clock that changes of the system time do not move, in milliseconds; always 0 on a platform that has none. */
export function steadyNow(): number {
  return globalThis.performance?.now() ?? 0;
}
