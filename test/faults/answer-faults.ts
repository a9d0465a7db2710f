import { brotliCompressSync, gzipSync } from "node:zlib";
import { JWT, OPAQUE_TOKEN } from "./canaries.ts";
import { GRANT } from "./connection-faults.ts";
import type { Ending, Fault } from "./run.ts";
import { type Arrived, http, type Misbehaviour, send } from "./server.ts";

const answer = (
  name: string,
  bytes: string | Buffer,
  ending: Fault["ending"],
  rest: Partial<Fault> = {},
): Fault => ({
  name,
  misbehave: () => send(bytes),
  ending,
  attempts: 1,
  ...rest,
});

const unusable = (name: string, bytes: string | Buffer, rest: Partial<Fault> = {}): Fault =>
  answer(name, bytes, "invalid_response", { status: 201, ...rest });

const data = (change: Record<string, unknown>) => {
  const grant = JSON.parse(GRANT) as { data: Record<string, unknown> };
  return JSON.stringify({ data: { ...grant.data, ...change } });
};

const SPOILT_DATA: [name: string, change: Record<string, unknown>][] = [
  ["a token of type number", { token: 5 }],
  ["an empty token", { token: "" }],
  ["no token", { token: undefined }],
  ["a token that is an object", { token: { jwt: JWT } }],
  ["a token that is a list", { token: [JWT] }],
  ["no expiry", { token_expires_at: undefined }],
  ["the expiry soon", { token_expires_at: "soon" }],
  ["the expiry as a number", { token_expires_at: 1_795_000_000 }],
  ["the expiry null", { token: JWT, token_expires_at: null }],
  ["an expiry on the 99th", { token_expires_at: "2026-11-99T10:10:00Z" }],
];

/** What only create needs of an answer. */
const SPOILT_REFRESH_DATA: [name: string, change: Record<string, unknown>][] = [
  ["no refresh token", { refresh_token: undefined }],
  ["an empty refresh token", { refresh_token: "" }],
  ["a refresh token of type number", { refresh_token: 5 }],
  ["no expiry of the refresh token", { refresh_token_expires_at: undefined }],
  ["the refresh token's expiry soon", { token: JWT, refresh_token_expires_at: "soon" }],
];

const WRONG_BODIES: [name: string, body: string | Buffer][] = [
  ["HTML", `<!doctype html><title>Log in</title>${JWT}`],
  ["a broken JSON", GRANT.slice(0, -1)],
  ["a JSON cut within a token", GRANT.slice(0, 60)],
  ["a JSON with something behind it", `${GRANT}x`],
  ["two grants", `${GRANT}${GRANT}`],
  ["a form", `token=${OPAQUE_TOKEN}&refresh_token=${OPAQUE_TOKEN}`],
  ["single quotes", GRANT.replaceAll('"', "'")],
  ["null", "null"],
  ["an array", `[${GRANT}]`],
  ["a string", JSON.stringify(GRANT)],
  ["a bare token", JSON.stringify(OPAQUE_TOKEN)],
  ["a number", "5"],
  ["{}", "{}"],
  ["data null", '{"data":null}'],
  ["data of {}", '{"data":{}}'],
  ["data as a list", '{"data":[]}'],
  ["data as a string", JSON.stringify({ data: OPAQUE_TOKEN })],
  ["the grant without data", JSON.stringify((JSON.parse(GRANT) as { data: object }).data)],
  ["data in __proto__", `{"__proto__":${GRANT}}`],
  ["a token in __proto__", `{"data":{"__proto__":${GRANT.slice(8, -1)}}}`],
  ["an error with 201", '{"errors":[{"code":"10009","title":"Authentication failed"}]}'],
  ["bytes that are no UTF-8", Buffer.from([0xff, 0xfe, 0x00, 0xd8])],
  ["UTF-16", Buffer.from(GRANT, "utf16le")],
  ["100,000 brackets", "[".repeat(100_000)],
  ["10 MB of nothing", " ".repeat(10_000_000)],
  ["10 MB after the grant", `${GRANT}${" ".repeat(10_000_000)}`],
  ["10 MB of a token", data({ token: OPAQUE_TOKEN.repeat(330_000) })],
  ["a token across the bound", data({ a: "x".repeat(2 ** 20 - 150) })],
];

const chunked = { "content-length": null, "transfer-encoding": "chunked" };

const FRAMES: Fault[] = [
  unusable("empty 201 with a length", http(201)),
  unusable("empty 201 without a length", http(201, "", { "content-length": null })),
  unusable("empty 201 in chunks", http(201, "0\r\n\r\n", chunked)),
  unusable("204", http(204, "", { "content-length": null }), { status: 204 }),
  unusable("205", http(205), { status: 205 }),
  unusable("200 of HTML", http(200, "<h1>Welcome</h1>", { "content-type": "text/html" }), { status: 200 }),
  unusable("a length too short", http(201, GRANT, { "content-length": 40, connection: "keep-alive" })),
  unusable(
    "a compressed bomb",
    http(201, gzipSync(Buffer.alloc(20_000_000)), { "content-encoding": "gzip" }),
  ),
  answer("an empty 403 with a length", http(403), "forbidden", { status: 403 }),
  answer("an empty 403 without a length", http(403, "", { "content-length": null }), "forbidden"),
  answer("an empty 500 with a length", http(500), "server_error", { status: 500, attempts: 2 }),
  answer("an empty 500 without a length", http(500, "", { "content-length": null }), "server_error", {
    attempts: 2,
  }),
  answer("a 403 of 10 MB", http(403, JSON.stringify({ title: "x".repeat(10_000_000) })), "forbidden"),
  answer("a 500 of 10 MB", http(500, Buffer.alloc(10_000_000)), "server_error", { attempts: 2 }),
];

/** What looks odd and is no fault. */
const HARMLESS: Fault[] = [
  answer("a byte order mark", http(201, `\ufeff${GRANT}`), "result"),
  answer("the wrong content type", http(201, GRANT, { "content-type": "text/html" }), "result"),
  answer("a body until the end of the connection", http(201, GRANT, { "content-length": null }), "result"),
  answer("gzip", http(201, gzipSync(GRANT), { "content-encoding": "gzip" }), "result"),
  answer("brotli", http(201, brotliCompressSync(GRANT), { "content-encoding": "br" }), "result"),
  answer(
    "early hints",
    Buffer.concat([Buffer.from("HTTP/1.1 103 -\r\nlink: </x>\r\n\r\n"), http(201, GRANT)]),
    "result",
  ),
  answer("status 299", http(299, GRANT), "result"),
  answer("times without a zone", http(201, data({ token_expires_at: "2026-11-22T10:10:00" })), "result"),
  answer("unknown members", http(201, data({ region: "eu", constructor: 5 })), "result"),
];

/** Repeats all that it was sent, in every spelling. */
function echo(status: number): Misbehaviour {
  return (socket, { head, body }: Arrived) => {
    const secrets = [
      /authorization: Bearer (.*)/i.exec(head)?.[1],
      (JSON.parse(body) as { refresh_token?: string }).refresh_token,
    ].filter((secret) => secret !== undefined);
    const sent = [...secrets, head, body];
    const texts = sent.flatMap((text) => [text, encodeURIComponent(text), JSON.stringify(text)]);
    const errors = texts.map((text) => ({
      code: text,
      title: text,
      detail: text,
      source: { pointer: text },
    }));
    const headers = { "x-request-id": encodeURIComponent(sent.join()) };
    send(http(status, JSON.stringify({ errors }), headers))(socket, { head, body });
  };
}

/** Repeats it in an HTML page. */
function echoPage(status: number): Misbehaviour {
  return (socket, request) => {
    const escaped = `${request.head}${request.body}`.replace(
      /[&<>"'`=/]/g,
      (char) => `&#x${char.charCodeAt(0).toString(16)};`,
    );
    send(http(status, `<h1>${status}</h1><pre>${escaped}</pre>`))(socket, request);
  };
}

const ECHOES: Fault[] = (
  [
    [400, "bad_request", 1],
    [401, "unauthorized", 1],
    [403, "forbidden", 1],
    [503, "server_error", 2],
    [201, "invalid_response", 1],
    [307, "redirect_refused", 1],
  ] as [number, Ending, 1 | 2][]
).flatMap(([status, ending, attempts]) => [
  {
    name: `${status}, an echo of all that was sent`,
    misbehave: () => echo(status),
    ending,
    status,
    attempts,
  },
  { name: `${status}, a page that echoes it`, misbehave: () => echoPage(status), ending, status, attempts },
]);

export const ANSWER_FAULTS: Fault[] = [
  ...WRONG_BODIES.map(([name, body]) => unusable(`201 of ${name}`, http(201, body))),
  ...SPOILT_DATA.map(([name, change]) => unusable(`201 with ${name}`, http(201, data(change)))),
  ...SPOILT_REFRESH_DATA.map(([name, change]) =>
    answer(`201 with ${name}`, http(201, data(change)), { create: "invalid_response", refresh: "result" }),
  ),
  ...FRAMES,
  ...HARMLESS,
  ...ECHOES,
];
