// What Telnyx answers to a create, and a server that gives it to every request, from a process of its own.
import { createServer } from "node:http";

/** As long as in real life: both tokens are JWTs of some 500 characters. */
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

if (process.argv[2] === "listen") {
  const headers = { ...ANSWER_HEADERS, "content-length": Buffer.byteLength(ANSWER) };
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(201, headers).end(ANSWER));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
  process.on("disconnect", () => process.exit());
}
