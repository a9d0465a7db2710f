const SECONDS = /^\d{1,15}$/;
const IMF_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * How long the server asks to wait, in milliseconds, or undefined where it does not say so in valid form:
 * `Retry-After` (RFC 9110, section 10.2.3) as seconds or as an IMF date; else, on a 429, Telnyx's
 * `x-ratelimit-reset` in seconds.
 */
export function retryAfterMs(
  status: number,
  headers: { get(name: string): string | null },
): number | undefined {
  const asked = headers.get("retry-after");
  return (
    seconds(asked) ??
    untilDate(asked, headers.get("date")) ??
    (status === 429 ? seconds(headers.get("x-ratelimit-reset")) : undefined)
  );
}

function seconds(text: string | null): number | undefined {
  return text !== null && SECONDS.test(text) ? Number(text) * 1000 : undefined;
}

/** Counted from the server's own clock where the answer shows it, for the local one may be wrong. */
function untilDate(asked: string | null, serverDate: string | null): number | undefined {
  const waitMs = parseDate(asked) - (parseDate(serverDate) || Date.now());
  return waitMs >= 0 ? waitMs : undefined;
}

/** NaN where it is no date. */
function parseDate(text: string | null): number {
  return text !== null && IMF_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
