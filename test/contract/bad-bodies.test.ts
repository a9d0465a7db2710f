import { createServer } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SandboxServer, startServer } from "../../src/sandbox/server.ts";
import { listen } from "../loopback.ts";
import { rawCall } from "./calls.ts";
import { type OperationId, readFragment } from "./fragment-view.ts";
import { type RunningPrism, startMock, startProxy } from "./prism.ts";

const JSON_TYPE = "application/json";
const operationIds = ["CreateRoomClientToken", "RefreshRoomClientToken"] as const;
let sandbox: SandboxServer;
let mock: RunningPrism;
let judge: RunningPrism;
let refreshToken: string;
let replayed = { status: 500, headers: {}, body: "" };

/** Returns the response under test, whatever it is sent. */
const replay = createServer((_, outgoing) => {
  outgoing.writeHead(replayed.status, replayed.headers).end(replayed.body);
});

beforeAll(async () => {
  [sandbox, mock] = await Promise.all([startServer(), startMock(readFragment())]);
  judge = await startProxy(readFragment(), await listen(replay));
  const created = await post(sandbox.url, "CreateRoomClientToken", JSON_TYPE, "{}");
  refreshToken = ((await created.json()) as { data: { refresh_token: string } }).data.refresh_token;
});

afterAll(async () => {
  await Promise.all([judge.close(), mock.close(), sandbox.close()]);
  replay.closeAllConnections();
  await new Promise((resolve) => replay.close(resolve));
});

const post = (
  baseUrl: string,
  operationId: OperationId,
  type: string | undefined,
  body: string | undefined,
) =>
  rawCall(baseUrl, operationId, body, {
    ...(type !== undefined && { "content-type": type }),
    ...(operationId === "CreateRoomClientToken" && { authorization: `Bearer ${sandbox.apiKey}` }),
  });

/**
 * What of an answer breaks the fragment. Prism's proxy answers broken JSON itself, so it never sees what the sandbox says
 * to it: the proxy is sent a valid request, and the answer to judge comes from behind it.
 */
async function violations(operationId: OperationId, answer: Response): Promise<unknown[]> {
  const headers = [...answer.headers].filter(([name]) => name === "content-type" || name.startsWith("x-"));
  replayed = { status: answer.status, headers: Object.fromEntries(headers), body: await answer.text() };
  const judged = await post(judge.url, operationId, JSON_TYPE, '{"refresh_token":"x"}');
  expect(judged.status).toBe(answer.status);
  return JSON.parse(judged.headers.get("sl-violations") ?? "[]");
}

/** TOKEN stands for a refresh token that is alive: the fragment cannot know a dead one. */
const bodies: [string, string | undefined, string | undefined][] = [
  ["no body and no content type", undefined, undefined],
  ["no body", JSON_TYPE, undefined],
  ["an empty body", JSON_TYPE, ""],
  ["a blank body", JSON_TYPE, " "],
  ["null", JSON_TYPE, "null"],
  ["false", JSON_TYPE, "false"],
  ["an array", JSON_TYPE, "[]"],
  ["a string", JSON_TYPE, '"x"'],
  ["a number", JSON_TYPE, "1"],
  ["broken JSON", JSON_TYPE, "{"],
  ["broken JSON as problem+json", "application/problem+json", "{"],
  ["broken JSON as text", "text/plain", "{"],
  ["JSON as text", "text/plain", '{"refresh_token":"TOKEN"}'],
  ["JSON without a content type", undefined, '{"refresh_token":"TOKEN"}'],
  ["JSON as a type that begins like JSON", "application/jsonx", '{"refresh_token":"TOKEN"}'],
  ["a form", "application/x-www-form-urlencoded", "refresh_token=TOKEN"],
  ["an empty object", JSON_TYPE, "{}"],
  ["a refresh token of a wrong type", JSON_TYPE, '{"refresh_token":5}'],
  ["a lifetime of a wrong type", JSON_TYPE, '{"refresh_token":"TOKEN","token_ttl_secs":"60"}'],
  ["a lifetime of null", JSON_TYPE, '{"refresh_token":"TOKEN","token_ttl_secs":null}'],
  ["a lifetime with a fraction", JSON_TYPE, '{"refresh_token":"TOKEN","token_ttl_secs":60.5}'],
  ["a lifetime too short", JSON_TYPE, '{"refresh_token":"TOKEN","token_ttl_secs":9}'],
  ["a lifetime too long", JSON_TYPE, '{"refresh_token":"TOKEN","token_ttl_secs":3601}'],
  [
    "a lifetime of the refresh token too short",
    JSON_TYPE,
    '{"refresh_token":"TOKEN","refresh_token_ttl_secs":59}',
  ],
  [
    "a lifetime of the refresh token too long",
    JSON_TYPE,
    '{"refresh_token":"TOKEN","refresh_token_ttl_secs":86401}',
  ],
  ["an unknown member", JSON_TYPE, '{"refresh_token":"TOKEN","unknown":1}'],
  ["a charset", `${JSON_TYPE}; charset=utf-8`, '{"refresh_token":"TOKEN"}'],
  ["a content type in capitals", "Application/JSON", '{"refresh_token":"TOKEN"}'],
  ["problem+json", "application/problem+json", '{"refresh_token":"TOKEN"}'],
];

it.each(bodies)(
  "the sandbox answers as Prism does, and as the fragment declares, to %s",
  async (_, type, template) => {
    const body = template?.replace("TOKEN", refreshToken);
    for (const id of operationIds) {
      const ours = await post(sandbox.url, id, type, body);
      expect(ours.status, id).toBe((await post(mock.url, id, type, body)).status);
      expect(await violations(id, ours), id).toEqual([]);
    }
  },
);

it("an answer that the fragment does not declare, or declares otherwise, is a violation", async () => {
  const undeclared = Response.json({ errors: [{ code: "1", title: "x" }] }, { status: 409 });
  const misshapen = Response.json({ errors: [] }, { status: 422 });
  const text = new Response("{}", { status: 422, headers: { "content-type": "text/html" } });
  for (const answer of [undeclared, misshapen, text]) {
    expect(await violations("CreateRoomClientToken", answer)).not.toEqual([]);
  }
});
