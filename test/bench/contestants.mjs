// Plain JavaScript, like everything here that is measured: no loader stands between the code and the engine.

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const API_KEY = "KEY0123456789ABCDEF0123456789ABCDEF";
const AUTHORIZATION = { authorization: `Bearer ${API_KEY}` };
const PATH = "/rooms/{room_id}/actions/generate_join_client_token";
const TIMEOUT_MS = 15_000;
const BODY = { token_ttl_secs: 600, refresh_token_ttl_secs: 3600 };

/**
 * What a user may pick to create a token with: each is set up once, and then gives a function that makes one
 * call. The first is what the others are compared with: what a careful user would write by hand.
 *
 * @type {Record<string, (at: { baseUrl: string, fetch?: typeof fetch }) => Promise<() => Promise<unknown>>>}
 */
export const CONTESTANTS = {
  "bare fetch with a deadline": async ({ baseUrl, fetch = globalThis.fetch }) => {
    const url = baseUrl + PATH.replace("{room_id}", ROOM_ID);
    const headers = { accept: "application/json", "content-type": "application/json", ...AUTHORIZATION };
    return async () => {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
      try {
        const { signal } = controller;
        const body = JSON.stringify(BODY);
        const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
        if (!response.ok) throw new Error(`refused with ${response.status}`);
        return (await response.json()).data;
      } finally {
        clearTimeout(timer);
      }
    };
  },

  "openapi-fetch": async ({ baseUrl, fetch }) => {
    const { default: createClient } = await import("openapi-fetch");
    const api = createClient({ baseUrl, fetch, redirect: "manual", headers: AUTHORIZATION });
    return async () => {
      const { data, error } = await api.POST(PATH, { params: { path: { room_id: ROOM_ID } }, body: BODY });
      if (error !== undefined) throw new Error("refused");
      return data.data;
    };
  },

  "telnyx-room-tokens": async ({ baseUrl, fetch }) => {
    const { RoomTokenClient } = await import("../../dist/index.js");
    const roomTokens = new RoomTokenClient({ apiKey: API_KEY, baseUrl, fetch, timeoutMs: TIMEOUT_MS });
    return () => roomTokens.create(ROOM_ID, { tokenTtlSecs: 600, refreshTokenTtlSecs: 3600 });
  },

  telnyx: async ({ baseUrl, fetch }) => {
    const { default: Telnyx } = await import("telnyx");
    const client = new Telnyx({
      apiKey: API_KEY,
      baseURL: baseUrl,
      fetch,
      timeout: TIMEOUT_MS,
      maxRetries: 2,
      fetchOptions: { redirect: "manual" },
    });
    return async () => (await client.rooms.actions.generateJoinClientToken(ROOM_ID, BODY)).data;
  },

  ky: async ({ baseUrl, fetch }) => {
    const { default: ky } = await import("ky");
    const api = ky.create({
      prefixUrl: baseUrl,
      fetch,
      timeout: TIMEOUT_MS,
      redirect: "manual",
      retry: { limit: 2, methods: ["post"], statusCodes: [408, 425, 429, 500, 502, 503, 504] },
      headers: AUTHORIZATION,
    });
    const path = PATH.slice(1).replace("{room_id}", ROOM_ID);
    return async () => (await api.post(path, { json: BODY }).json()).data;
  },
};
