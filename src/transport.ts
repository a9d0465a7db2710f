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
