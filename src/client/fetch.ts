import type { ReadableHeaders } from "../errors/retry-after.ts";
import { hasCacheMode } from "../lib/platform.ts";

/** The RequestInit that a {@link Fetch} is called with: exactly these members; some workers refuse others. */
export interface FetchInit {
  readonly method: "POST";
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** A redirect is not followed: it would give the refresh token to another host. */
  readonly redirect: "manual";
  /** Keeps frameworks that patch `fetch` from storing a token. Absent on a platform that does not have it. */
  readonly cache?: "no-store";
}

/** What is read of the response of a {@link Fetch}; every `Response` fits. */
export interface FetchResponse {
  readonly status: number;
  readonly type?: string;
  /** Where the response came from. It is read with the default fetch alone. */
  readonly url?: string;
  readonly headers: ReadableHeaders;
  readonly body?: unknown;
  text(): Promise<string>;
}

/** The part of `fetch` that this package uses. The global one fits, undici's, and a stub of your own. */
export type Fetch = (url: string, init: FetchInit) => FetchResponse | Promise<FetchResponse>;

type BaseInit = Pick<FetchInit, "method" | "redirect" | "cache">;
const BASE_INIT: BaseInit = { method: "POST", redirect: "manual" };
const NO_STORE_INIT: BaseInit = { ...BASE_INIT, cache: "no-store" };
let init: BaseInit | undefined;

/** What every request has; the cache mode only on a platform that knows it. Looked up at the first call. */
export function baseInit(): BaseInit {
  init ??= hasCacheMode() ? NO_STORE_INIT : BASE_INIT;
  return init;
}

/** Whether two URLs are of the same origin. Read by a pattern: React Native's URL has no working getters. */
export function isSameOrigin(url: string, other: string): boolean {
  return originOf(url) === originOf(other);
}

/** "HTTPS://API.telnyx.com:443/v2" → "https://api.telnyx.com" */
function originOf(url: string): string {
  const [origin = ""] = /^[^/]*\/\/[^/?#]*/.exec(url) ?? [];
  return origin.toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, "$1$2");
}
