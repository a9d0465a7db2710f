import { gzipSync } from "node:zlib";
import { OPAQUE_TOKEN } from "./canaries.ts";
import type { Fault } from "./run.ts";
import { http, type Misbehaviour, send, sendAndReset, sendAndStall, trickle } from "./server.ts";

/** A grant of both operations. */
export const GRANT = JSON.stringify({
  data: {
    token: OPAQUE_TOKEN,
    token_expires_at: "2026-11-22T10:10:00Z",
    refresh_token: OPAQUE_TOKEN,
    refresh_token_expires_at: "2026-11-22T11:00:00Z",
  },
});
const HALF = GRANT.slice(0, 60); // ends within the first token
const STALL_MS = 2000; // long enough for a busy machine to have brought the request

const CHUNKED = { "content-length": null, "transfer-encoding": "chunked", connection: "keep-alive" };
const UNTIL_CLOSE = { "content-length": null };
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

const always = (misbehave: Misbehaviour) => () => misbehave;

/** A fault of the connection that leaves no answer: repeated, and named by what broke. */
const noAnswer = (name: string, misbehave: Misbehaviour, rest: Partial<Fault> = {}): Fault => ({
  name,
  misbehave: always(misbehave),
  ending: "connection_failed",
  attempts: 2,
  ...rest,
});

const timeout = (name: string, misbehave: Misbehaviour): Fault =>
  noAnswer(name, misbehave, { ending: "timeout", timeoutMs: STALL_MS });

const WITHOUT_HEADERS: Fault[] = [
  noAnswer("a refused connection", send(), { refused: true, arrivals: 0 }),
  noAnswer("a connection reset at once", send(), {
    onConnection: (socket) => void socket.resetAndDestroy(),
    arrivals: 0,
  }),
  noAnswer("a reset before the headers", sendAndReset()),
  noAnswer("an end before the headers", send()),
  noAnswer("an end within the headers", send("HTTP/1.1 201 Created\r\nContent-Ty")),
  noAnswer("a reset within the headers", sendAndReset("HTTP/1.1 201 Created\r\nContent-Ty")),
  noAnswer("an answer that is no HTTP", send("220 smtp.example ESMTP\r\n\r\n")),
  noAnswer("a status that is no number", send("HTTP/1.1 abc Created\r\n\r\n")),
  noAnswer("headers of a megabyte", send(http(201, GRANT, { "x-long": "x".repeat(2 ** 20) }))),
  noAnswer("two different lengths", send(http(201, GRANT, { "Content-Length": 5 }))),
  timeout("silence", sendAndStall()),
  timeout("silence within the headers", sendAndStall("HTTP/1.1 201 Created\r\nContent-Ty")),
  timeout(
    "a header a byte at a time",
    trickle(Buffer.from("HTTP/1.1 201 -\r\n"), "x-a: b\r\n".repeat(40), 50),
  ),
];

/** Faults of a body, in a success where they cost the token, and in a refusal, whose status stands. */
function bodyFaults(status: number, broken: Partial<Fault>): Fault[] {
  const headers = (rest = {}) => http(status, "", { "content-length": GRANT.length, ...rest });
  const dead = (name: string, misbehave: Misbehaviour): Fault =>
    noAnswer(`${status}, ${name}`, misbehave, broken);
  const stalled = (name: string, misbehave: Misbehaviour) => timeout(`${status}, ${name}`, misbehave);
  return [
    dead("headers and an end", send(headers())),
    dead("headers and a reset", sendAndReset(headers())),
    dead("an end in the body", send(headers(), HALF)),
    dead("a reset in the body", sendAndReset(headers(), HALF)),
    dead("chunks cut off", send(headers(CHUNKED), chunk(HALF))),
    dead("a chunk cut off", send(headers(CHUNKED), "fff\r\n", HALF)),
    dead("a chunk of no length", send(headers(CHUNKED), "xyz\r\n", HALF)),
    dead("gzip that is none", send(http(status, GRANT, { "content-encoding": "gzip" }))),
    dead("a length too long, then an end", send(http(status, GRANT, { "content-length": GRANT.length + 9 }))),
    stalled("a length too long, then silence", sendAndStall(http(status, GRANT, { "content-length": 999 }))),
    stalled("headers and then silence", sendAndStall(headers())),
    stalled("silence in the body", sendAndStall(headers(), HALF)),
    stalled("silence in the chunks", sendAndStall(headers(CHUNKED), chunk(HALF))),
    stalled("a body that neither ends nor closes", sendAndStall(headers(UNTIL_CLOSE), GRANT)),
    stalled("a byte at a time", trickle(headers(), GRANT, 50)),
  ];
}

/** What Node's fetch takes for a whole body: half a JSON is left of it. */
const UNNOTICED: Fault[] = [
  {
    name: "201, gzip cut off",
    bytes: [http(201, gzipSync(GRANT).subarray(0, 60), { "content-encoding": "gzip" })],
  },
  {
    name: "201, chunks cut off when it said it would close",
    bytes: [http(201, "", { ...CHUNKED, connection: "close" }), chunk(HALF)],
  },
].map(({ name, bytes }) => ({
  name,
  misbehave: always(send(...bytes)),
  ending: "invalid_response",
  status: 201,
  attempts: 1,
}));

export const CONNECTION_FAULTS: Fault[] = [
  ...WITHOUT_HEADERS,
  ...UNNOTICED,
  ...bodyFaults(201, {}),
  ...bodyFaults(403, { ending: "forbidden", status: 403, attempts: 1 }),
  ...bodyFaults(500, { ending: "server_error", status: 500, attempts: 2 }),
  ...bodyFaults(307, { ending: "redirect_refused", status: 307, attempts: 1 }),
];
