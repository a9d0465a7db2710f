import type { ResponseFacts } from "../errors/response-error.ts";
import type { ReadableHeaders } from "../errors/retry-after.ts";
import { isRedirect, isSuccess } from "../errors/status.ts";
import { InvalidGrant } from "../lib/grant.ts";
import type { FetchResponse } from "./fetch.ts";

const MAX_BODY_BYTES = 2 ** 20;

/** What is wrong with a success whose body has no `data`. */
export const NO_DATA = "no JSON object with data";

/** A whole response, its body included: what openapi-fetch gets in the place of a `Response`. */
export class BoundedResponse implements ResponseFacts {
  readonly ok: boolean;
  readonly status: number;
  readonly redirect: ResponseFacts["redirect"];
  readonly headers: ReadableHeaders;
  /** At most 1 MiB of the body. */
  readonly bodyText: string;
  readonly #isTooLong: boolean;

  constructor(
    { status, headers }: FetchResponse,
    redirect: ResponseFacts["redirect"],
    { text, isTooLong }: BodyText = NO_BODY,
  ) {
    this.ok = isSuccess(status) && redirect === undefined;
    this.status = status;
    this.redirect = redirect;
    this.headers = { get: (name) => readHeader(headers, name) };
    this.bodyText = text;
    this.#isTooLong = isTooLong;
  }

  /** The body. Rejects for a success that is too long, so that no part of it is taken for the whole. */
  async text(): Promise<string> {
    if (this.ok && this.#isTooLong) throw new InvalidGrant(`${NO_DATA} within 1 MiB`);
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

interface BodyText {
  readonly text: string;
  readonly isTooLong: boolean;
}
const NO_BODY: BodyText = { text: "", isTooLong: false };

/**
 * Reads a response to the last byte, or up to 1 MiB. Rejects if a success breaks off.
 *
 * @param isFromOtherOrigin Whether `fetch` has followed a redirect to another origin. Its body is not read.
 */
export async function readResponse(
  response: FetchResponse,
  signal: AbortSignal,
  isFromOtherOrigin: boolean,
): Promise<BoundedResponse> {
  if (isFromOtherOrigin) return new BoundedResponse(response, "redirect, followed to another origin");
  const { status, type } = response;
  const redirect = isRedirect(status, type) ? "redirect, not followed" : undefined;
  try {
    return new BoundedResponse(response, redirect, await readBody(response, signal));
  } catch (broken) {
    // An error response stands even if its text is lost; half a text could contain half a secret.
    if (isSuccess(status) || signal.aborted) throw broken;
    return new BoundedResponse(response, redirect);
  }
}

async function readBody(response: FetchResponse, signal: AbortSignal): Promise<BodyText> {
  const stream = response.body as ReadableStream<Uint8Array> | null | undefined;
  // A fetch that is not the platform's may have no web stream; an older React Native has no TextDecoder.
  if (typeof stream?.getReader !== "function" || typeof TextDecoder !== "function") {
    const text = (await response.text()).replace(/^\ufeff/, "");
    return { text: text.slice(0, MAX_BODY_BYTES), isTooLong: text.length > MAX_BODY_BYTES };
  }
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel); // a fetch of the caller's own may ignore the signal
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (bytes <= MAX_BODY_BYTES && !signal.aborted) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isTooLong: false };
    text += decoder.decode(value.subarray(0, MAX_BODY_BYTES - bytes), { stream: true });
    bytes += value.byteLength;
  }
  cancel();
  return { text, isTooLong: true }; // or aborted: then nobody reads it
}
