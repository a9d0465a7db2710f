/** The part of a `Headers` object that is read. */
export interface ReadableHeaders {
  get(name: string): string | null;
}

/** Whole or decimal seconds: "7", "0.5". */
const SECONDS = /^\d{1,15}(?:\.\d+)?$/;
const DAY_MS = 86_400_000;

/**
 * The delay that the server requests, in milliseconds; undefined if it does not say so in a valid form.
 * That is `Retry-After` (RFC 9110, section 10.2.3) in seconds or as a date; else, on a 429, Telnyx's
 * `x-ratelimit-reset` in seconds, unless it is more than a day.
 */
export function retryAfterMs(status: number, headers: ReadableHeaders): number | undefined {
  const retryAfter = headers.get("retry-after");
  const delayMs = wholeSecondsMs(retryAfter);
  if (delayMs !== undefined) return delayMs;
  const retryAt = parseHttpDate(retryAfter);
  if (retryAt !== undefined) {
    // Counted from the server's clock if the response shows it, because the local one may be wrong.
    const sentAt = parseHttpDate(headers.get("date")) ?? Date.now();
    if (retryAt >= sentAt) return retryAt - sentAt;
  }
  const resetMs = status === 429 ? wholeSecondsMs(headers.get("x-ratelimit-reset")) : undefined;
  return resetMs !== undefined && resetMs <= DAY_MS ? resetMs : undefined;
}

/** Rounded up to whole seconds, which is what the header is made of. */
function wholeSecondsMs(text: string | null): number | undefined {
  return text !== null && SECONDS.test(text) ? Math.ceil(Number(text)) * 1000 : undefined;
}

/**
 * The time of "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), in epoch milliseconds; undefined for another
 * text, and for a date that does not exist, such as 31 April.
 */
export function parseHttpDate(text: string | null): number | undefined {
  const time = Date.parse(text ?? "");
  return new Date(time).toUTCString() === text && !Number.isNaN(time) ? time : undefined;
}
