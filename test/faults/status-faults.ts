import { JWT } from "./canaries.ts";
import type { Ending, Fault } from "./run.ts";
import { http, send } from "./server.ts";

const CODES: Record<number, Ending> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "unprocessable",
  429: "rate_limited",
};

const endingOf = (status: number): Ending =>
  CODES[status] ?? (status >= 500 ? "server_error" : "unexpected_status");
const isRepeated = (status: number) => [408, 425, 429].includes(status) || (status >= 500 && status !== 501);

const SHAPES: [name: string, body: string][] = [
  [
    "the envelope",
    '{"errors":[{"code":"10009","title":"T","detail":"D","source":{"pointer":"/p"},"meta":{}}]}',
  ],
  ["one error", '{"code":"403","title":"Forbidden","detail":"D"}'],
  ["success false", '{"success":false,"message":"M"}'],
  ["an HTML page", "<html><head><title>502</title></head></html>"],
  ["a token", JSON.stringify({ data: { token: JWT } })],
  ["errors of null", '{"errors":null}'],
];

const refusal = (status: number, name: string, body: string, rest: Partial<Fault> = {}): Fault => ({
  name: `${status}, ${name}`,
  misbehave: () => send(http(status, body)),
  ending: endingOf(status),
  status,
  attempts: isRepeated(status) ? 2 : 1,
  ...rest,
});

/** Statuses that fetch handles itself: a 407 is a network error, after a 421 it sends the request once more. */
const OF_FETCH: Record<number, Partial<Fault>> = {
  407: { ending: "connection_failed", status: undefined, attempts: 2 },
  421: { arrivals: 2 },
};

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const STATUSES = range(400, 599).map((status) => refusal(status, "no body", "", OF_FETCH[status]));
const WORDS = [400, 401, 403, 404, 422, 429, 500, 503].flatMap((status) =>
  SHAPES.map(([name, body]) => refusal(status, name, body)),
);

const REDIRECTS = [300, 301, 302, 303, 304, 305, 307, 308].flatMap((status): Fault[] => {
  const to = (name: string, location: (elsewhere: string) => string | null): Fault => ({
    name: `${status} to ${name}`,
    misbehave: (elsewhere) => send(http(status, "", { location: location(elsewhere) })),
    ending: "redirect_refused",
    status,
    attempts: 1,
  });
  return [
    to("the same origin", () => "/v2/elsewhere"),
    to("another origin", (elsewhere) => `${elsewhere}/v2/elsewhere`),
    to("nowhere", () => null),
  ];
});

const waiting = (status: number, headers: Record<string, string>, rest: Partial<Fault> = {}): Fault =>
  refusal(status, JSON.stringify(headers), "", { misbehave: () => send(http(status, "", headers)), ...rest });

const GARBAGE = [
  "",
  "soon",
  "-1",
  "1.5 s",
  "1e1",
  "0x1",
  "1, 1",
  "9".repeat(40),
  "Sun, 99 Nov 2026 10:00:00 GMT",
];
const FAR = "Fri, 31 Dec 2100 23:59:59 GMT";

/** Waits that the server asks for: where they count, where they do not, and what is no wait at all. */
const WAITS: Fault[] = [
  ...[408, 429, 503].flatMap((status) => [
    waiting(status, { "retry-after": "0" }, { retryAfterMs: 0 }),
    waiting(status, { "retry-after": "1" }, { retryAfterMs: 1000 }),
    waiting(status, { "retry-after": "0.5" }, { retryAfterMs: 1000 }),
    waiting(status, { "retry-after": "11" }, { retryAfterMs: 11_000, attempts: 1 }),
    waiting(status, { "retry-after": FAR, date: FAR }, { retryAfterMs: 0 }),
    waiting(status, { "retry-after": FAR, date: "Fri, 31 Dec 2100 23:59:58 GMT" }, { retryAfterMs: 1000 }),
    waiting(
      status,
      { "retry-after": FAR, date: "Fri, 31 Dec 2100 22:59:59 GMT" },
      { retryAfterMs: 3_600_000, attempts: 1 },
    ),
    ...GARBAGE.map((value) => waiting(status, { "retry-after": value })),
  ]),
  waiting(429, { "x-ratelimit-reset": "1" }, { retryAfterMs: 1000 }),
  waiting(429, { "x-ratelimit-reset": "17" }, { retryAfterMs: 17_000, attempts: 1 }),
  waiting(429, { "x-ratelimit-reset": "17", "retry-after": "1" }, { retryAfterMs: 1000 }),
  waiting(429, { "x-ratelimit-reset": "1", "retry-after": "soon" }, { retryAfterMs: 1000 }),
  ...["40, 40;w=60", "-1", "", "86401"].map((value) => waiting(429, { "x-ratelimit-reset": value })),
  ...[408, 500, 503].map((status) => waiting(status, { "x-ratelimit-reset": "17" })),
  ...[400, 401, 403, 404, 409, 422, 501].flatMap((status) => [
    waiting(status, { "retry-after": "1" }),
    waiting(status, { "x-ratelimit-reset": "1" }),
  ]),
];

export const STATUS_FAULTS: Fault[] = [...STATUSES, ...WORDS, ...REDIRECTS, ...WAITS];
