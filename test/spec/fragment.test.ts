import { join } from "node:path";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { FILES, ROOT, readObject } from "../../scripts/spec/files.ts";
import { type Json, type JsonObject, lookUp, objectAt, ownAt } from "../../scripts/spec/json.ts";

const fragment = await readObject(join(ROOT, FILES.fragment));
const operations = Object.values(objectAt(fragment, "paths")).map((item) => objectAt(item, "post"));
const [create = {}, refresh = {}] = operations;

const json = (body: Json | undefined) => objectAt(objectAt(body, "content"), "application/json");

/** The values of the examples of a body, by name. */
function examples(body: Json | undefined): [string, Json | undefined][] {
  const named = Object.entries(objectAt(json(body), "examples"));
  return named.map(([name, example]) => [name, ownAt(example, "value")]);
}

function answer(operation: JsonObject, status: string): JsonObject {
  const response = objectAt(objectAt(operation, "responses"), status);
  const { $ref } = response;
  return typeof $ref === "string" ? Object(lookUp(fragment, $ref)) : response;
}

/** The data of the first example of a success. */
const dataOf = (operation: JsonObject) => objectAt(examples(answer(operation, "201"))[0]?.[1], "data");

const answers = operations.flatMap((operation) =>
  Object.keys(objectAt(operation, "responses")).map((status) => [operation, status] as const),
);

describe("the fragment", () => {
  it.each(answers.map(([operation, status]) => [operation["operationId"], status, operation] as const))(
    "has a named example of %s %s, with a code and a title in each that is an error",
    (_id, status, operation) => {
      const all = examples(answer(operation, status));
      expect(all).not.toEqual([]);
      for (const [name, value] of status === "201" ? [] : all) {
        const error = status === "403" ? value : [ownAt(value, "errors")].flat()[0];
        expect(error, name).toMatchObject({ code: expect.any(String), title: expect.any(String) });
      }
    },
  );

  it("points at each request member in an example of 422, and requires no member of a success body", () => {
    for (const operation of operations) {
      const { properties } = objectAt(json(operation["requestBody"]), "schema");
      const text = JSON.stringify(examples(answer(operation, "422")));
      for (const name of Object.keys(Object(properties))) expect(text).toContain(`"/${name}"`);
      // Telnyx promises none.
      expect(JSON.stringify(json(answer(operation, "201"))["schema"])).not.toContain('"required"');
    }
  });

  it("shows tokens that are JWTs for its room and expire when their dates say", () => {
    for (const operation of operations) {
      const roomId = ownAt([operation["parameters"] ?? null].flat()[0], "example");
      const data = dataOf(operation);
      for (const member of ["token", "refresh_token"].filter((name) => name in data)) {
        const claims = decodeJwt(String(data[member]));
        const resources = [`telnyx:video:rooms:${roomId}`];
        expect(claims["typ"]).toBe(member === "token" ? "access" : "refresh");
        expect(claims["grants"]).toEqual([{ actions: ["join"], resources }]);
        expect(new Date(Number(claims.exp) * 1000)).toEqual(new Date(String(data[`${member}_expires_at`])));
      }
    }
  });

  it("shows lifetimes that match its requests, and a refresh token that outlives its token", () => {
    const lifetimeSecs = ({ iat = Number.NaN, exp = Number.NaN }) => exp - iat;
    const asked = Object.fromEntries(examples(create["requestBody"]))["both_lifetimes"];
    const { refresh_token } = dataOf(create);
    const [token, renewed] = [create, refresh].map((one) => decodeJwt(String(dataOf(one)["token"])));
    const refreshToken = decodeJwt(String(refresh_token));
    expect(lifetimeSecs(token ?? {})).toBe(ownAt(asked, "token_ttl_secs"));
    expect(lifetimeSecs(refreshToken)).toBe(ownAt(asked, "refresh_token_ttl_secs"));
    expect(lifetimeSecs(refreshToken)).toBeGreaterThan(lifetimeSecs(token ?? {}));
    expect(renewed?.iat).toBeLessThan(Number(token?.exp));
    for (const [name, body] of examples(refresh["requestBody"]))
      expect(ownAt(body, "refresh_token"), name).toBe(refresh_token);
  });
});
