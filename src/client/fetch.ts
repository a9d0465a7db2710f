import type { ReadableHeaders } from "../errors/retry-after.ts";
import { hasCacheMode } from "../lib/platform.ts";

/** The RequestInit that a {@link Fetch} is called with: exactly these members, because some workers reject others. */
export interface FetchInit {
  readonly method: "POST";
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** A redirect is not followed: it would send the refresh token to another host. */
  readonly redirect: "manual";
  /** Keeps frameworks that patch `fetch` from storing a token. Absent on a platform that does not have it. */
  readonly cache?: "no-store";
}

/** What is read of the response of a {@link Fetch}; every `Response` fits. */
export interface FetchResponse {
  readonly status: number;
  /** A browser has "opaqueredirect" for a redirect that it does not follow. */
  readonly type?: string;
  /** Where the response came from. Read only if `fetch` is the platform's own. */
  readonly url?: string;
  readonly headers: ReadableHeaders;
  /** A web stream, of which at most 1 MiB is read. */
  readonly body?: unknown;
  /** Called if `body` is not a web stream. */
  text(): Promise<string>;
}

/** The part of `fetch` that this package uses. The global one fits, undici's, and a stub of your own. */
export type Fetch = (url: string, init: FetchInit) => FetchResponse | Promise<FetchResponse>;

type BaseInit = Pick<FetchInit, "method" | "redirect" | "cache">;
const BASE_INIT: BaseInit = { method: "POST", redirect: "manual" };
const NO_STORE_INIT: BaseInit = { ...BASE_INIT, cache: "no-store" };

/** The part of the init that is the same for every request. */
export function baseInit(): BaseInit {
  return hasCacheMode() ? NO_STORE_INIT : BASE_INIT;
}

/** Whether two URLs are of the same origin. */
export function isSameOrigin(url: string, other: string): boolean {
  return originOf(url) === originOf(other);
}

/** "HTTPS://API.telnyx.com:443/v2" → "https://api.telnyx.com". React Native's URL has no working getters. */
function originOf(url: string): string {
  const [origin = ""] = /^[^/]*\/\/[^/?#]*/.exec(normalized(url)) ?? [];
  return origin.toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, "$1$2");
}

function normalized(url: string): string {
  try {
    return String(new URL(url));
  } catch {
    return url;
  }
}
