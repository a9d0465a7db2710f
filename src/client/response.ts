import type { ResponseFacts } from "../errors/response-error.ts";
import type { ReadableHeaders } from "../errors/retry-after.ts";
import { isSuccess } from "../errors/status.ts";
import { InvalidGrant } from "../lib/grant.ts";
import type { FetchResponse } from "./fetch.ts";

const MAX_BODY_BYTES = 2 ** 20;

/** A whole response, its body included: what openapi-fetch gets in the place of a `Response`. */
export class BoundedResponse implements ResponseFacts {
  readonly ok: boolean;
  readonly status: number;
  readonly isRedirect: boolean;
  readonly headers: ReadableHeaders;
  /** At most 1 MiB of the body. */
  readonly bodyText: string;
  readonly #isTooLong: boolean;

  constructor({ status, type, headers }: FetchResponse, body: Body, isFromOtherOrigin: boolean) {
    this.status = status;
    // A browser shows a redirect that it does not follow as "opaqueredirect", with status 0.
    this.isRedirect = isFromOtherOrigin || type === "opaqueredirect" || (status >= 300 && status <= 399);
    this.ok = isSuccess(status) && !this.isRedirect;
    this.headers = { get: (name) => readHeader(headers, name) };
    this.bodyText = body.text;
    this.#isTooLong = body.isTooLong;
  }

  /** The body. Rejects for a success that is too long, so that no part of it is taken for the whole. */
  async text(): Promise<string> {
    if (this.ok && this.#isTooLong) throw new InvalidGrant("no JSON object with data within 1 MiB");
    return this.bodyText;
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/** A header's value; null if it is absent, no text, or cannot be read: the headers of a stub may be anything. */
function readHeader(headers: ReadableHeaders, name: string): string | null {
  try {
    const value: unknown = headers.get(name);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

interface Body {
  readonly text: string;
  readonly isTooLong: boolean;
}

/**
 * Reads a response to the last byte, or up to 1 MiB. Rejects if a success breaks off.
 *
 * @param isFromOtherOrigin Whether `fetch` has followed a redirect to another origin.
 */
export async function readResponse(
  response: FetchResponse,
  signal: AbortSignal,
  isFromOtherOrigin: boolean,
): Promise<BoundedResponse> {
  try {
    return new BoundedResponse(response, await readBody(response, signal), isFromOtherOrigin);
  } catch (broken) {
    // An error response stands even if its text is lost; half a text could contain half a secret.
    if (isSuccess(response.status) || signal.aborted) throw broken;
    return new BoundedResponse(response, { text: "", isTooLong: false }, isFromOtherOrigin);
  }
}

async function readBody(response: FetchResponse, signal: AbortSignal): Promise<Body> {
  const stream = response.body as ReadableStream<Uint8Array> | null | undefined;
  // A fetch that is not the platform's may have no web stream; an older React Native has no TextDecoder.
  if (typeof stream?.getReader !== "function" || typeof TextDecoder !== "function") {
    const text = (await response.text()).replace(/^\ufeff/, "");
    return { text: text.slice(0, MAX_BODY_BYTES), isTooLong: text.length > MAX_BODY_BYTES };
  }
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (bytes <= MAX_BODY_BYTES && !signal.aborted) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isTooLong: false };
    text += decoder.decode(value.subarray(0, MAX_BODY_BYTES - bytes), { stream: true });
    bytes += value.byteLength;
  }
  reader.cancel().catch(() => {});
  return { text, isTooLong: true }; // or aborted: then nobody reads it
}
