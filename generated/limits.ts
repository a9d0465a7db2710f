// openapi/rooms-client-tokens.yaml, made by `npm run generate`. Do not edit.

/** Bounds and defaults of the members that both request bodies have, in Telnyx's spelling and units. */
export const LIMITS = {
  create: {
    refresh_token_ttl_secs: { type: "integer", minimum: 60, maximum: 86400, default: 3600, required: false },
    token_ttl_secs: { type: "integer", minimum: 10, maximum: 3600, default: 600, required: false },
  },
  refresh: {
    refresh_token: { type: "string", required: true },
    token_ttl_secs: { type: "integer", minimum: 10, maximum: 3600, default: 600, required: false },
  },
} as const;
