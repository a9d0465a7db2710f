import type { ReadableHeaders } from "../errors/retry-after.ts";

/** The RequestInit that a {@link Fetch} is called with: exactly these members; some workers refuse others. */
export interface FetchInit {
  readonly method: "POST";
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** A redirect is not followed: it would hand the refresh token to another host. */
  readonly redirect: "manual";
  /** Keeps frameworks that patch `fetch` from storing a token. Absent where the platform does not have it. */
  readonly cache?: "no-store";
}

/** What is read of the response of a {@link Fetch}; every `Response` fits. */
export interface FetchResponse {
  readonly status: number;
  readonly type?: string;
  readonly headers: ReadableHeaders;
  readonly body?: unknown;
  text(): Promise<string>;
}

/** The part of `fetch` that this package uses. The global one fits, and undici's, and a stub of your own. */
export type Fetch = (url: string, init: FetchInit) => FetchResponse | Promise<FetchResponse>;

let cacheMode: { cache?: "no-store" } | undefined;

/** `cache: "no-store"` where the platform knows it: older workers refuse the member. Looked up at the first call. */
export function noStore(): { cache?: "no-store" } {
  cacheMode ??= typeof Request === "function" && "cache" in Request.prototype ? { cache: "no-store" } : {};
  return cacheMode;
}
