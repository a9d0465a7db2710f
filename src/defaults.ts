/** What holds where an option is left out: the one table. */
export const DEFAULTS = {
  baseUrl: "https://api.telnyx.com/v2",
  timeoutMs: 15_000,
  maxRetries: 2,
} as const;
