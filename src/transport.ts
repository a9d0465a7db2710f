import { isObject } from "./checks.ts";

/** The version of this package; a test holds it to package.json. */
export const VERSION = "0.1.0";

/** The RequestInit that a {@link Fetch} is called with: these members and no others, which some workers refuse. */
export interface FetchInit {
  readonly method: "POST";
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** A redirect is not followed: it would hand the refresh token to another host. */
  readonly redirect: "manual";
}

/** What is read of the response of a {@link Fetch}; every `Response` fits. */
export interface FetchResponse {
  readonly status: number;
  readonly type?: string;
  readonly headers: { get(name: string): string | null };
  readonly body?: unknown;
  text(): Promise<string>;
}

/** The part of `fetch` that this package uses: the global one fits, undici's and a stub of your own do too. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

const MAX_BODY_BYTES = 2 ** 20;

/** A whole answer, body included. */
export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly redirected: boolean;
  readonly headers: { get(name: string): string | null };
  readonly bodyText: string;
  /** The body was longer than the bound, so that `bodyText` is only its beginning. */
  readonly cut: boolean;
}

/** Sends one request and reads its answer to the last byte, or up to 1 MiB. */
export async function exchange(fetch: Fetch | undefined, url: string, init: FetchInit): Promise<Answer> {
  // Late-bound, so that a fetch which a test or a tracer puts in place later is the one that is called.
  const send: Fetch = fetch ?? globalThis.fetch;
  const response = await send(url, init);
  try {
    return await readBody(response, init.signal);
  } catch (broken) {
    // A refusal stands even if its text is lost; half a text could hold half a secret.
    if (isSuccess(response) || init.signal.aborted) throw broken;
    return answer(response, "");
  }
}

function isSuccess(response: FetchResponse): boolean {
  return response.status >= 200 && response.status <= 299;
}

function answer(response: FetchResponse, bodyText: string, cut = false): Answer {
  const { status, headers, type } = response;
  const redirected = type === "opaqueredirect" || (status >= 300 && status <= 399);
  return { ok: isSuccess(response), status, redirected, headers, bodyText, cut };
}

async function readBody(response: FetchResponse, signal: AbortSignal): Promise<Answer> {
  const stream = response.body as ReadableStream<Uint8Array> | null | undefined;
  // A fetch that is not the platform's may have no web stream to read from.
  if (typeof stream?.getReader !== "function") {
    const text = await response.text();
    return answer(response, text.slice(0, MAX_BODY_BYTES), text.length > MAX_BODY_BYTES);
  }
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (bytes <= MAX_BODY_BYTES && !signal.aborted) {
    const { done, value } = await reader.read();
    if (done) return answer(response, text + decoder.decode());
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  reader.cancel().catch(() => {});
  return answer(response, text, true);
}

/**
 * Runs `work` for at most `timeoutMs` and for as long as `caller` is not aborted. Rejects with what the work
 * rejects with, with the caller's own reason, or with what `tooLate` makes when the time is over.
 *
 * The work gets a signal, but is not trusted to honour it: nobody waits for it any longer. The caller's
 * signal is joined by hand and left again, because a long-lived one would otherwise gather a listener per call.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  caller: AbortSignal | undefined,
  tooLate: () => unknown,
): Promise<T> {
  if (caller?.aborted) throw caller.reason;
  const controller = new AbortController();
  let giveUp: (reason: unknown) => void = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = (reason) => {
      reject(reason);
      controller.abort();
    };
  });
  const onAbort = () => giveUp(caller?.reason);
  const timer = setTimeout(() => giveUp(tooLate()), timeoutMs);
  try {
    caller?.addEventListener("abort", onAbort);
    return await Promise.race([work(controller.signal), givenUp]);
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener("abort", onAbort);
  }
}

/** Waits, or less long where the caller gives up. */
export async function pause(delayMs: number, caller: AbortSignal | undefined): Promise<void> {
  const never = () => new Promise<never>(() => {});
  await withDeadline(never, delayMs, caller, () => {}).catch(() => {});
}

/** A clock that nobody sets, in milliseconds; it stands still where there is none. */
export function steadyNow(): number {
  return globalThis.performance?.now() ?? 0;
}

/** The JSON object in a text; undefined where the text is something else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The headers of every request, before those of the caller. */
export function ownHeaders(): Record<string, string> {
  const json = { accept: "application/json", "content-type": "application/json" };
  return inBrowser() ? json : { ...json, "user-agent": `telnyx-room-tokens/${VERSION}` };
}

/**
 * Whether this is a web page (or its worker): the one predicate behind the API key guard, the User-Agent
 * header, which breaks CORS there, and the hint that a failed request may be a missing CORS header.
 */
export function inBrowser(): boolean {
  return globalThis.navigator?.userAgent?.startsWith("Mozilla/5.0 ") ?? false;
}
