import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../generated/limits.ts";
import type { RoomTokenErrorCode } from "../../src/index.ts";
import { call, client, ROOM_ID, rawCall } from "./calls.ts";
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

interface ErrorExample {
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly source?: { readonly pointer?: string };
}

let prism: RunningPrism;

beforeAll(async () => {
  prism = await startMock(readFragment());
});

afterAll(() => prism.close());

/** What `errors` of the client's error must hold for an example in either declared shape. */
function expectedErrors(example: unknown) {
  const { errors = [example] } = example as { errors?: unknown[] };
  return (errors as ErrorExample[]).map(({ source, ...rest }) => ({
    ...rest,
    ...(source?.pointer && { pointer: source.pointer }),
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

  it.each([{}, { authorization: "Basic a2V5" }, { authorization: "bearer KEY_contract" }])(
    "refuses a create with the headers %o with 401, and lets it pass with our bearer",
    async (headers) => {
      const refused = await rawCall(
        prism.url,
        "CreateRoomClientToken",
        {},
        headers as Record<string, string>,
      );
      expect(refused.status).toBe(401);
      await expect(client(prism.url).create(ROOM_ID)).resolves.toHaveProperty("token");
    },
  );

  it("lets a client without any key refresh", async () => {
    const result = await call(client(prism.url, undefined, null), "RefreshRoomClientToken");
    expect(result.token).toMatch(/^ey/);
  });

  it.each([
    ["tokenTtlSecs", LIMITS.create.token_ttl_secs],
    ["refreshTokenTtlSecs", LIMITS.create.refresh_token_ttl_secs],
  ] as const)(
    "refuses a create whose %s is out of the fragment's bounds with 422",
    async (param, { minimum, maximum }) => {
      const create = (value: number) => client(prism.url).create(ROOM_ID, { [param]: value });
      await expect(create(minimum)).resolves.toHaveProperty("token");
      await expect(create(maximum)).resolves.toHaveProperty("token");
      for (const outside of [minimum - 1, maximum + 1]) {
        await expect(create(outside)).rejects.toMatchObject({ code: "unprocessable", status: 422 });
      }
    },
  );
});
