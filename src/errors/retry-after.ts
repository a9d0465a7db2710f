/** The part of a `Headers` object that is read. */
export interface ReadableHeaders {
  get(name: string): string | null;
}

/** Whole or decimal seconds: "7", "0.5". */
const SECONDS = /^\d{1,15}(?:\.\d+)?$/;
const DAY_MS = 86_400_000;

/**
 * How long the server asks to wait, in milliseconds; undefined where it does not say so in a valid form.
 * That is `Retry-After` (RFC 9110, section 10.2.3) in seconds or as a date; else, on a 429, Telnyx's
 * `x-ratelimit-reset` in seconds, where more than a day is taken for garbage.
 */
export function retryAfterMs(status: number, headers: ReadableHeaders): number | undefined {
  const asked = header(headers, "retry-after");
  const askedMs = secondsMs(asked) ?? untilDateMs(asked, header(headers, "date"));
  if (askedMs !== undefined || status !== 429) return askedMs;
  const resetMs = secondsMs(header(headers, "x-ratelimit-reset"));
  return resetMs !== undefined && resetMs <= DAY_MS ? resetMs : undefined;
}

/** A header's value; empty where it is absent or no text, or where the headers cannot be read: a stub's may be anything. */
export function header(headers: ReadableHeaders, name: string): string {
  try {
    const value: unknown = headers.get(name);
    return typeof value === "string" ? value : "";
  } catch {
    return "";
  }
}

/** Rounded up to whole seconds, which is what the header is made of. */
function secondsMs(text: string): number | undefined {
  return SECONDS.test(text) ? Math.ceil(Number(text)) * 1000 : undefined;
}

/** Counted from the server's own clock where the answer shows it, because the local one may be wrong. */
function untilDateMs(asked: string, serverDate: string): number | undefined {
  const until = parseDate(asked);
  if (until === undefined) return undefined;
  const waitMs = until - (parseDate(serverDate) ?? Date.now());
  return waitMs >= 0 ? waitMs : undefined;
}

/** "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7). A date that does not exist is none: 31 April, say. */
function parseDate(text: string): number | undefined {
  const date = new Date(text);
  return date.toUTCString() === text ? date.getTime() : undefined;
}
