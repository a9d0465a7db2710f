import { join } from "node:path";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { FILES, ROOT, readObject } from "../../scripts/spec/files.ts";
import { isObject, type Json, type JsonObject, objectAt } from "../../scripts/spec/json.ts";

const fragment = await readObject(join(ROOT, FILES.fragment));
const operations = Object.values(objectAt(fragment, "paths")).map((item) => objectAt(item, "post"));

function at(value: Json, ...keys: string[]): Json {
  const end = keys.reduce<Json | undefined>((node, key) => (isObject(node) ? node[key] : undefined), value);
  if (end === undefined) throw new Error(`nothing at ${keys.join(".")}`);
  return end;
}

/** The values of all examples of one media type. */
function examples(body: Json): [string, Json][] {
  const media = at(body, "content", "application/json");
  return Object.entries(objectAt(media, "examples")).map(([name, example]) => [name, at(example, "value")]);
}

function answer(operation: JsonObject, status: string): Json {
  const response = at(operation, "responses", status);
  const ref = isObject(response) ? response["$ref"] : undefined;
  return typeof ref === "string" ? at(fragment, ...ref.split("/").slice(1)) : response;
}

describe("the fragment", () => {
  const answers = operations.flatMap((operation) =>
    Object.keys(objectAt(operation, "responses")).map((status) => ({
      title: `${operation["operationId"]} ${status}`,
      status,
      examples: examples(answer(operation, status)),
    })),
  );

  it.each(answers)("has a named example for $title", ({ examples }) => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(answers.filter(({ status }) => status !== "201"))(
    "shows a code and a title in each example of $title",
    ({ status, examples }) => {
      for (const [name, value] of examples) {
        const error = status === "403" ? value : [at(value, "errors")].flat()[0];
        expect(error, name).toMatchObject({ code: expect.any(String), title: expect.any(String) });
      }
    },
  );

  it("points at each request member in an example of 422", () => {
    for (const operation of operations) {
      const schema = at(operation, "requestBody", "content", "application/json", "schema");
      const text = JSON.stringify(examples(answer(operation, "422")));
      for (const name of Object.keys(objectAt(schema, "properties"))) expect(text).toContain(`"/${name}"`);
    }
  });

  it("shows tokens that are JWTs for its room and expire when their dates say", () => {
    for (const operation of operations) {
      const [parameter] = [at(operation, "parameters")].flat();
      const roomId = at(parameter ?? null, "example");
      const [[, value] = ["", null]] = examples(answer(operation, "201"));
      const data = objectAt(value, "data");
      for (const member of ["token", "refresh_token"].filter((name) => name in data)) {
        const claims = decodeJwt(String(data[member]));
        expect(claims["typ"]).toBe(member === "token" ? "access" : "refresh");
        expect(claims["grants"]).toEqual([
          { actions: ["join"], resources: [`telnyx:video:rooms:${roomId}`] },
        ]);
        expect(new Date(Number(claims.exp) * 1000)).toEqual(new Date(String(data[`${member}_expires_at`])));
      }
    }
  });

  it("shows lifetimes that match its requests, and a refresh token that outlives its token", () => {
    const [create, refresh] = operations;
    const lifetimeSecs = (token: Json | undefined) => {
      const { iat = Number.NaN, exp = Number.NaN } = decodeJwt(String(token));
      return exp - iat;
    };
    const [[, created] = ["", null]] = examples(answer(create ?? {}, "201"));
    const [[, refreshed] = ["", null]] = examples(answer(refresh ?? {}, "201"));
    const asked = Object.fromEntries(examples(at(create ?? {}, "requestBody")))["both_lifetimes"] ?? null;
    const { token, refresh_token: refreshToken } = objectAt(created, "data");
    expect(lifetimeSecs(token)).toBe(at(asked, "token_ttl_secs"));
    expect(lifetimeSecs(refreshToken)).toBe(at(asked, "refresh_token_ttl_secs"));
    expect(lifetimeSecs(refreshToken)).toBeGreaterThan(lifetimeSecs(token));
    const renewed = decodeJwt(String(objectAt(refreshed, "data")["token"]));
    expect(renewed.iat).toBeLessThan(Number(decodeJwt(String(token)).exp));
    for (const [name, body] of examples(at(refresh ?? {}, "requestBody"))) {
      expect(at(body, "refresh_token"), name).toBe(refreshToken);
    }
  });

  it("requires no member of a success body, because Telnyx promises none", () => {
    for (const operation of operations) {
      const schema = at(answer(operation, "201"), "content", "application/json", "schema");
      expect(JSON.stringify(schema)).not.toContain('"required"');
    }
  });
});
