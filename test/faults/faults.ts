import type { Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { codeOfStatus, isRetryableStatus } from "../../src/errors/status.ts";
import type { RoomTokenErrorCode } from "../../src/index.ts";
import { OPAQUE_TOKEN } from "./canaries.ts";
import { GRANT, http, type Misbehaviour, send, sendAndReset, sendAndStall, trickle } from "./server.ts";

/** One way for a server to go wrong, and how a call ends when the client may repeat once. */
export interface Fault {
  readonly name: string;
  readonly misbehave: Misbehaviour;
  /** With a result, or with an error of this code. */
  readonly ending: "result" | RoomTokenErrorCode;
  readonly status?: number | undefined;
  /** How often the client tries: 2 where the fault may be repeated. */
  readonly attempts: 1 | 2;
  /** How many requests reach the server whole; as many as attempts where it is left out. */
  readonly arrivals?: number;
  readonly timeoutMs?: number;
  /** The delay that the server asks for, where it counts. */
  readonly retryAfterMs?: number;
  /** What the server does to a connection before any request; by default nothing. */
  readonly onConnection?: (socket: Socket) => void;
  /** Nobody listens. */
  readonly refused?: boolean;
}

const HALF = GRANT.slice(0, 60); // ends within the first token
const STALL_MS = 4000; // long enough for a busy machine to have brought the request
const CHUNKED = { "content-length": null, "transfer-encoding": "chunked", connection: "keep-alive" };
const UNTIL_CLOSE = { "content-length": null };
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** A fault of the connection that leaves no answer: repeated, and named by what broke. */
function noAnswer(name: string, misbehave: Misbehaviour, rest: Partial<Fault> = {}): Fault {
  return { name, misbehave, ending: "connection_failed", attempts: 2, ...rest };
}
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

/** Faults of a body, in a success where they cost the token, and in an error response, whose status stands. */
function bodyFaults(status: number, broken: Partial<Fault>): Fault[] {
  const headers = (rest = {}) => http(status, "", { "content-length": GRANT.length, ...rest });
  const dead = (name: string, misbehave: Misbehaviour) => noAnswer(`${status}, ${name}`, misbehave, broken);
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

function answer(name: string, bytes: Buffer[], ending: Fault["ending"], status?: number): Fault {
  return { name, misbehave: send(...bytes), ending, status, attempts: 1 };
}
const unusable = (name: string, bytes: Buffer[], status = 201): Fault =>
  answer(name, bytes, "invalid_response", status);

const cutGzip = gzipSync(GRANT).subarray(0, 60);
const bomb = gzipSync(Buffer.alloc(20_000_000));
const ANSWERS: Fault[] = [
  // What Node's fetch takes for a whole body: half a JSON is left of it.
  unusable("201, gzip cut off", [http(201, cutGzip, { "content-encoding": "gzip" })]),
  unusable("201, chunks cut off when it said it would close", [
    http(201, "", { ...CHUNKED, connection: "close" }),
    Buffer.from(chunk(HALF)),
  ]),
  unusable("a length too short", [http(201, GRANT, { "content-length": 40, connection: "keep-alive" })]),
  unusable("an empty 201 with a length", [http(201)]),
  unusable("an empty 201 without a length", [http(201, "", UNTIL_CLOSE)]),
  unusable("an empty 201 in chunks", [http(201, "0\r\n\r\n", CHUNKED)]),
  unusable("a 204", [http(204, "", UNTIL_CLOSE)], 204),
  unusable("a 205", [http(205)], 205),
  unusable("a compressed bomb", [http(201, bomb, { "content-encoding": "gzip" })]),
  unusable("10 MB after the grant", [http(201, `${GRANT}${" ".repeat(10_000_000)}`)]),
  unusable("10 MB of a token", [http(201, GRANT.replace(OPAQUE_TOKEN, OPAQUE_TOKEN.repeat(330_000)))]),
  answer("a 403 of 10 MB", [http(403, JSON.stringify({ title: "x".repeat(10_000_000) }))], "forbidden", 403),
  // What looks odd and is no fault.
  answer("a body until the end of the connection", [http(201, GRANT, UNTIL_CLOSE)], "result"),
  answer("gzip", [http(201, gzipSync(GRANT), { "content-encoding": "gzip" })], "result"),
  answer("brotli", [http(201, brotliCompressSync(GRANT), { "content-encoding": "br" })], "result"),
  answer("early hints", [Buffer.from("HTTP/1.1 103 -\r\nlink: </x>\r\n\r\n"), http(201, GRANT)], "result"),
];

/** Repeats all that it was sent. */
function echo(status: number, ending: RoomTokenErrorCode): Fault {
  const misbehave: Misbehaviour = (socket, { head, body }) => {
    const token = /authorization: (.*)/i.exec(head)?.[1] ?? body;
    const errors = [head, body, token].map((text) => ({ code: text, title: text, detail: text }));
    const headers = { "x-request-id": encodeURIComponent(head + body) };
    send(http(status, JSON.stringify({ errors }), headers))(socket, { head, body });
  };
  return { name: `${status}, an echo of all that was sent`, misbehave, ending, status, attempts: 1 };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Statuses that fetch handles itself: a 407 is a network error, after a 421 it sends the request once more. */
const OF_FETCH: Record<number, Partial<Fault>> = {
  407: { ending: "connection_failed", status: undefined, attempts: 2 },
  421: { arrivals: 2 },
};
/** All others reach the client, which reads them as the tests in test/unit say. */
const STATUSES = range(400, 599).map(
  (status): Fault => ({
    ...answer(`${status}, no body`, [http(status)], codeOfStatus(status), status),
    ...(isRetryableStatus(status) && { attempts: 2 }),
    ...OF_FETCH[status],
  }),
);

const SLOWED: Fault = {
  ...answer("a 503 that asks for a delay", [http(503, "", { "retry-after": 1 })], "server_error", 503),
  attempts: 2,
  retryAfterMs: 1000,
};

const redirects = (elsewhere: string): Fault[] =>
  [300, 301, 302, 303, 304, 305, 307, 308].flatMap((status) => [
    redirect(`${status} to the same origin`, status, "/v2/elsewhere"),
    redirect(`${status} to another origin`, status, `${elsewhere}/v2/elsewhere`),
  ]);
const redirect = (name: string, status: number, location: string): Fault =>
  answer(name, [http(status, "", { location })], "redirect_refused", status);

/** @param elsewhere The origin of another server, to redirect to. */
export const faultsWith = (elsewhere: string): Fault[] => [
  ...WITHOUT_HEADERS,
  ...bodyFaults(201, {}),
  ...bodyFaults(403, { ending: "forbidden", status: 403, attempts: 1 }),
  ...ANSWERS,
  ...STATUSES,
  SLOWED,
  ...redirects(elsewhere),
  echo(201, "invalid_response"),
  echo(403, "forbidden"),
];
