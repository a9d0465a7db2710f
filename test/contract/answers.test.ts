import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RoomTokenErrorCode } from "../../src/index.ts";
import { call, client, rawCall } from "./calls.ts";
import { declaredAnswers, readFragment } from "./fragment-view.ts";
import { type RunningPrism, startMock } from "./prism.ts";

const CODES: Readonly<Record<string, RoomTokenErrorCode>> = {
  "400": "bad_request",
  "401": "unauthorized",
  "403": "forbidden",
  "404": "not_found",
  "422": "unprocessable",
  "429": "rate_limited",
  "5XX": "server_error",
};

let prism: RunningPrism;

beforeAll(async () => {
  prism = await startMock(readFragment());
});

afterAll(() => prism.close());

/** What `errors` of the client's error must hold for an example in either declared shape. */
function expectedErrors(example: unknown) {
  const { errors = [example] } = example as { errors?: unknown[] };
  return (errors as { source?: { pointer?: string } }[]).map(({ source, ...words }) => ({
    ...words,
    ...(source && { pointer: source.pointer }),
  }));
}

/** The client's names for the members of a success. */
function expectedGrant(example: unknown) {
  const { data } = example as { data: Record<string, string> };
  const refresh = data["refresh_token"] && {
    refreshToken: data["refresh_token"],
    refreshTokenExpiresAt: new Date(data["refresh_token_expires_at"] ?? ""),
  };
  return { token: data["token"], tokenExpiresAt: new Date(data["token_expires_at"] ?? ""), ...refresh };
}

const answers = declaredAnswers();
const successes = answers.filter(({ status }) => status === "201");
const refusals = answers.filter(({ status }) => status !== "201");

describe("every answer in the fragment", () => {
  it("is among 201 and the refusals below, for both operations", () => {
    const declared = new Set(answers.map(({ operationId, status }) => `${operationId} ${status}`));
    const expected = ["CreateRoomClientToken", "RefreshRoomClientToken"].flatMap((operationId) =>
      ["201", ...Object.keys(CODES)].map((status) => `${operationId} ${status}`),
    );
    expect([...declared].sort()).toEqual(expected.sort());
  });

  it.each(successes)("$operationId $status ($exampleName) becomes a result", async (answer) => {
    const { operationId, exampleName, example } = answer;
    const result = await call(client(prism.url), operationId, `code=201, example=${exampleName}`);
    expect(result).toEqual(expectedGrant(example));
  });

  it.each(refusals)("$operationId $status ($exampleName) becomes an error", async (answer) => {
    const { operationId, status, exampleName, example } = answer;
    const asked = status === "5XX" ? [500, 502, 503] : [Number(status)];
    for (const code of asked) {
      const prefer = `code=${code}, example=${exampleName}`;
      await expect(call(client(prism.url), operationId, prefer)).rejects.toMatchObject({
        name: "RoomTokenError",
        code: CODES[status],
        status: code,
        errors: expectedErrors(example),
      });
    }
  });
});

describe("the mock", () => {
  it("answers 404 for what the fragment does not declare, so a passing test names a declared answer", async () => {
    const asked = call(client(prism.url), "CreateRoomClientToken", "code=409");
    await expect(asked).rejects.toMatchObject({
      status: 404,
      errors: [{ detail: expect.stringContaining("409") }],
    });
  });

  it("refuses a create without our bearer, and lets a client without any key refresh", async () => {
    const json = { "content-type": "application/json" };
    expect((await rawCall(prism.url, "CreateRoomClientToken", "{}", json)).status).toBe(401);
    const { token } = await call(client(prism.url, undefined, null), "RefreshRoomClientToken");
    expect(token).toMatch(/^ey/);
  });
});
