/**
 * What was decided about each fact that Telnyx states, and that nothing else is stated. A red test here means that
 * Telnyx states another fact than the client was written for: its message says what to decide. Decide it, then change
 * the line, and the digest last.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FILES, ROOT, readObject } from "../../scripts/spec/files.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { type Found, findOperations, type OperationName } from "../../scripts/spec/operations.ts";
import { DEFAULTS } from "../../src/client/options.ts";

const upstream = await readFile(join(ROOT, FILES.upstream), "utf8");
const facts = normalForm(await readObject(join(ROOT, FILES.fragment)));
const NAMES: readonly OperationName[] = ["create", "refresh"];

function placeOf(name: OperationName, document: JsonObject = facts): Found {
  const [create, refresh] = findOperations(document) as [Found, Found];
  return name === "create" ? create : refresh;
}

const operation = (name: OperationName) => placeOf(name).operation;
const answers = (name: OperationName) => objectAt(operation(name), "responses");

function bodySchema(name: OperationName): JsonObject {
  const body = objectAt(operation(name), "requestBody");
  return objectAt(objectAt(objectAt(body, "content"), "application/json"), "schema");
}

/** An answer of JSON that carries a request id, as the overlay says of every answer. */
function jsonAnswer(schema: Json): JsonObject {
  const headers = { "x-request-id": { schema: { type: "string" } } };
  return { headers, content: { "application/json": { schema } } };
}

/** Of openapi/upstream.json when everything in it was last decided. */
const DIGEST = "6741646db47b33c16b87a28b860e545c280047fb23819bcf6001939498668211";

it("the lock: upstream.json states what was decided, and nothing else", () => {
  expect(
    createHash("sha256").update(upstream).digest("hex"),
    "Telnyx states something else than was decided. Decide each change that `git diff main -- openapi/upstream.json` " +
      "shows, also one that no other test names; then put the new digest into test/spec/lock.test.ts.",
  ).toBe(DIGEST);
});

describe("the lock: where requests go and who may send them", () => {
  it("the server is the client's default base URL", () => {
    expect(
      facts["servers"],
      "The server changed. Decide whether callers must move: then change DEFAULTS.baseUrl and every place that " +
        "names it, as a minor release. Telnyx once published a wrong one for two months: ask before following.",
    ).toEqual([{ url: DEFAULTS.baseUrl }]);
    expect(
      NAMES.map((name) => operation(name)["servers"]),
      "An operation has a server of its own: decide whether the client shall have one per operation.",
    ).toEqual([undefined, undefined]);
  });

  it.each<[OperationName, string, string]>([
    ["create", "CreateRoomClientToken", "post /rooms/{room_id}/actions/generate_join_client_token"],
    ["refresh", "RefreshRoomClientToken", "post /rooms/{room_id}/actions/refresh_client_token"],
  ])("%s is the operation that the bindings call and the docs name", (name, operationId, place) => {
    const { method, path, operation: stated } = placeOf(name);
    expect(
      `${method} ${path}`,
      `${name} moved. Decide whether the old place still answers: then change src/client/bindings.ts and the sandbox.`,
    ).toBe(place);
    expect(
      stated["operationId"],
      `The operationId of ${name} changed. Decide whether it is still the same operation: then change the docs ` +
        "in src/client/client.ts, KNOWN in scripts/spec/operations.ts, and the sandbox.",
    ).toBe(operationId);
    expect(
      stated["deprecated"],
      `Telnyx deprecates ${name}. Decide what callers shall use instead, and say so in its docs.`,
    ).toBeUndefined();
  });

  it("create sends a bearer, refresh sends nothing", () => {
    const security = NAMES.map((name) => operation(name)["security"]);
    expect(
      { security, schemes: objectAt(facts["components"], "securitySchemes") },
      "Security changed. Decide whether create still sends the key as a bearer and refresh still never sends it: " +
        "a refresh that needs a key cannot stay in the page, which is a major release.",
    ).toEqual({
      security: [[{ bearerAuth: [] }], []],
      schemes: { bearerAuth: { type: "http", scheme: "bearer" } },
    });
  });

  it.each(NAMES)("%s takes a room id in its path, a UUID, and no other parameter", (name) => {
    expect(
      operation(name)["parameters"],
      `The parameters of ${name} changed. Decide what the method takes: the rule of roomId in src/errors/arguments.ts refuses all ` +
        "but UUIDs, and nothing else is sent.",
    ).toEqual([{ in: "path", name: "room_id", required: true, schema: { type: "string", format: "uuid" } }]);
  });
});

const TOKEN_TTL = { type: "integer", minimum: 10, maximum: 3600, default: 600 };
const REFRESH_TOKEN_TTL = { type: "integer", minimum: 60, maximum: 86_400, default: 3600 };

describe("the lock: what is sent", () => {
  it.each<[OperationName, JsonObject]>([
    ["create", { token_ttl_secs: TOKEN_TTL, refresh_token_ttl_secs: REFRESH_TOKEN_TTL }],
    ["refresh", { token_ttl_secs: TOKEN_TTL, refresh_token: { type: "string" } }],
  ])("%s sends these members, with these types, bounds and defaults", (name, properties) => {
    const schema = bodySchema(name);
    expect(
      schema["properties"],
      `What ${name} takes changed. Decide for each member: a new one gets a parameter in src/client/params.ts, a lost ` +
        "one loses it (major), a bound or default goes where test/spec/figures.test.ts says, and into CHANGELOG.md (minor).",
    ).toEqual(properties);
    const { properties: _, required: __, ...rest } = schema;
    expect(rest, `The body of ${name} has a new rule: decide whether every call keeps it.`).toEqual({
      type: "object",
    });
  });

  it("requires of all members only the refresh token of refresh", () => {
    expect(
      NAMES.map((name) => listAt(bodySchema(name), "required")),
      "What must be sent changed. Decide which parameter of which method becomes required (major) or optional (minor).",
    ).toEqual([[], ["refresh_token"]]);
  });

  it.each(NAMES)("%s sends a body of JSON, always", (name) => {
    const { content, ...rest } = objectAt(operation(name), "requestBody");
    expect(
      { types: Object.keys(isObject(content) ? content : {}), ...rest },
      `The body of ${name} changed. Decide whether the client still sends one, as JSON, with every call.`,
    ).toEqual({ types: ["application/json"], required: true });
  });
});

const TOKEN = { token: { type: "string" }, token_expires_at: { type: "string", format: "date-time" } };
const REFRESH_TOKEN = {
  refresh_token: { type: "string" },
  refresh_token_expires_at: { type: "string", format: "date-time" },
};
const SOURCE = {
  type: "object",
  properties: { pointer: { type: "string" }, parameter: { type: "string" } },
};

describe("the lock: what is answered", () => {
  it.each<[OperationName, JsonObject]>([
    ["create", { ...TOKEN, ...REFRESH_TOKEN }],
    ["refresh", TOKEN],
  ])("%s answers 201 with these members", (name, properties) => {
    expect(
      answers(name)["201"],
      `What ${name} answers changed. Decide what the result has: src/lib/grant.ts reads tokens as non-empty strings and ` +
        "expiries as RFC 3339, and demands each of them, since Telnyx promises none.",
    ).toEqual(jsonAnswer({ type: "object", properties: { data: { type: "object", properties } } }));
  });

  it.each(NAMES)("%s has the answers 201 and 403 by Telnyx, and the others by the overlay", (name) => {
    const { operation: stated } = placeOf(name, JSON.parse(upstream));
    expect(
      { telnyx: Object.keys(objectAt(stated, "responses")), fragment: Object.keys(answers(name)) },
      `${name} has other answers. Decide for each new one: whether it is a success (any 2xx with a token is), whether ` +
        "its status deserves an error code of its own in src/errors/status.ts (major), and what of it " +
        "openapi/overlay.yaml, docs/errors.md and the sandbox still have to say.",
    ).toEqual({
      telnyx: ["201", "403"],
      fragment: ["201", "400", "401", "403", "404", "422", "429", "5XX"],
    });
  });

  it.each(NAMES)("%s is forbidden with one error, without an envelope", (name) => {
    expect(
      answers(name)["403"],
      "The error changed. Decide what RoomTokenError.errors has: src/errors/response-error.ts reads code, title and detail as " +
        "strings and source.pointer, wherever they stand, and needs none of them.",
    ).toEqual(
      jsonAnswer({
        type: "object",
        required: ["code", "title"],
        properties: {
          code: { type: "string" },
          title: { type: "string" },
          detail: { type: "string" },
          source: SOURCE,
          meta: { type: "object" },
        },
      }),
    );
  });
});
