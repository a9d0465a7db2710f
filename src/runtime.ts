/** The version of this package; a test holds it to package.json. */
export const VERSION = "0.1.0";

/**
 * Whether this is a web page (or its worker): the one predicate behind the API key guard, the User-Agent
 * header, which breaks CORS there, and the hint that a failed request may be a missing CORS header.
 */
export function inBrowser(): boolean {
  return globalThis.navigator?.userAgent?.startsWith("Mozilla/5.0 ") ?? false;
}

/** The headers of every request, before those of the caller. */
export function ownHeaders(): Record<string, string> {
  const json = { accept: "application/json", "content-type": "application/json" };
  return inBrowser() ? json : { ...json, "user-agent": `telnyx-room-tokens/${VERSION}` };
}
