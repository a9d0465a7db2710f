/** What Telnyx answers to a create, as long as in real life: both tokens are JWTs of some 500 characters. */
const TOKEN = `eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.${"x".repeat(380)}.${"y".repeat(86)}`;

export const ANSWER = JSON.stringify({
  data: {
    token: TOKEN,
    token_expires_at: "2026-11-22T10:10:00Z",
    refresh_token: TOKEN,
    refresh_token_expires_at: "2026-11-22T11:00:00Z",
  },
});

export const ANSWER_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "x-request-id": "5f1c3a0e-6a52-4c7b-9a53-2b6b3f0d1e77",
  "x-ratelimit-limit": "40, 40;w=60",
};
