import { describe, expect, it } from "vitest";
import type { Json } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { Unusable } from "../../scripts/spec/unusable.ts";
import { CREATE, get, REFRESH, telnyxLike } from "./documents.ts";
import { createAnswer, schemas, ttl } from "./forms.ts";
import { type Edit, edited, toldOf } from "./told.ts";

const post = `paths ${CREATE} post`;
const query = (content: Json): Edit => [
  `paths ${CREATE} parameters`,
  [{ in: "query", name: "q", ...Object(content) }],
];
const json = (schema: Json): Json => ({ content: { "application/json": { schema } } });
const text = { type: "string" };
const whole = { type: "integer" };
const nowhere = { $ref: "#/components/schemas/Gone" };

describe("a document of a kind that was never published is told as it is", () => {
  it.each<[string, Edit[], Edit[], string[]]>([
    [
      "a parameter with content",
      [query(json(whole))],
      [query(json(text))],
      [
        'BREAKING create: query parameter `q` content {"application/json":{"schema":{"type":"string"}}} → {"application/json":{"schema":{"type":"integer"}}}',
      ],
    ],
    [
      "a header parameter of the path",
      [[`paths ${CREATE} parameters`, [{ in: "header", name: "X-A", schema: text }]]],
      [],
      ["create: header parameter `X-A` added"],
    ],
    [
      "a referenced header",
      [[`${createAnswer} headers`, { "x-a": { $ref: "#/components/headers/A" } }]],
      [
        ["components headers", { A: { required: true, schema: text } }],
        [`${createAnswer} headers`, { "x-a": { required: true, schema: whole } }],
      ],
      [
        'BREAKING create: 201 headers {"x-a":{"required":true,"schema":{"type":"integer"}}} → {"x-a":{"required":true,"schema":{"type":"string"}}}',
      ],
    ],
    [
      "a body that is not JSON",
      [[`${createAnswer} content text/csv`, { schema: { properties: { a: whole } } }]],
      [[`${createAnswer} content text/csv`, { schema: { properties: { a: text } } }]],
      ["BREAKING create: 201 text/csv `a` type string → integer"],
    ],
    [
      "an answer for all else, and for a hundred statuses",
      [
        [`${post} responses default`, { description: "No." }],
        [`${post} responses 5XX`, { description: "No." }],
      ],
      [],
      ["create: 5XX added", "create: default added"],
    ],
    [
      "servers of the path",
      [[`paths ${CREATE} servers`, [{ url: "https://b.example" }]]],
      [],
      ["BREAKING create: server https://api.telnyx.com/v2 → https://b.example"],
    ],
    ["no server of its own", [[`${post} servers`, []]], [], []],
    [
      "a server with variables",
      [["servers 0 variables", { a: { default: "b", description: "Words." } }]],
      [],
      [
        'BREAKING server https://api.telnyx.com/v2 → https://api.telnyx.com/v2 {"variables":{"a":{"default":"b"}}}',
      ],
    ],
    [
      "security that may be left out",
      [[`${post} security`, [{ bearerAuth: [] }, {}]]],
      [],
      ["create: security bearer → bearer or none"],
    ],
    ["no security, said in another way", [[`paths ${REFRESH} post security`, [{}]]], [], []],
    [
      "two schemes at once",
      [[`${post} security`, [{ bearerAuth: [], key: [] }]]],
      [["components securitySchemes key", { type: "apiKey", in: "query", name: "k" }]],
      ['BREAKING create: security bearer → bearer and {"in":"query","name":"k","type":"apiKey"}'],
    ],
    [
      "another scheme under the name of bearer",
      [
        [
          "components securitySchemes",
          { bearerAuth: { type: "apiKey", in: "query", name: "k" }, b: { type: "http", scheme: "bearer" } },
        ],
        [`${post} security`, [{ bearerAuth: [] }, { b: [] }]],
      ],
      [],
      ['create: security bearer → bearer or {"in":"query","name":"k","type":"apiKey"}'],
    ],
    [
      "a description of a scope",
      [["components securitySchemes o flows implicit scopes", { a: "Other words." }]],
      [
        [
          "components securitySchemes o",
          { type: "oauth2", flows: { implicit: { scopes: { a: "Words." } } } },
        ],
        [`${post} security`, [{ o: ["a"] }]],
      ],
      [],
    ],
    [
      "a reference into another path",
      [
        ["paths /other", { get: { requestBody: json(get(telnyxLike(), ttl)) } }],
        [ttl, { $ref: "#/paths/~1other/get/requestBody/content/application~1json/schema" }],
      ],
      [],
      [],
    ],
    [
      "servers beside a referenced path",
      [
        ["components pathItems", { p: get(telnyxLike(), `paths ${CREATE}`) }],
        [`paths ${CREATE}`, { $ref: "#/components/pathItems/p", servers: [{ url: "https://b.example" }] }],
      ],
      [],
      ["BREAKING create: server https://api.telnyx.com/v2 → https://b.example"],
    ],
    [
      "references that dangle where nobody looks",
      [
        [`${schemas} Unused`, nowhere],
        [`${ttl} example`, nowhere],
        [`${createAnswer} links`, { a: nowhere }],
        [`${post} callbacks`, { a: { $ref: "http://x.example/y" } }],
        ["webhooks", { a: nowhere }],
      ],
      [],
      [],
    ],
    [
      "references in a circle where nobody looks",
      [[`${schemas} Loop`, { $ref: "#/components/schemas/Loop" }]],
      [],
      [],
    ],
    [
      "a webhook of the same operationId",
      [["webhooks", { a: { post: { operationId: "CreateRoomClientToken" } } }]],
      [],
      [],
    ],
    [
      "an operation that is deprecated no longer",
      [[`${post} deprecated`, false]],
      [[`${post} deprecated`, true]],
      ["create: operation no longer deprecated"],
    ],
    [
      "a schema that is gone",
      [[`${createAnswer} content application/json`, {}]],
      [[`${createAnswer} content application/json`, { schema: text }]],
      ['BREAKING create: 201 body schema {"type":"string"} → none'],
    ],
  ])("%s", async (_kind, edits, earlier, lines) => {
    expect(await toldOf(edits, earlier)).toEqual(lines);
  });
});

describe("a document cannot be used when", () => {
  it.each<[string, Edit[], string]>([
    ["a used reference dangles", [[ttl, nowhere]], "leads nowhere"],
    ["a reference names a file", [[ttl, { $ref: "file:///etc/passwd" }]], "points outside the document"],
    ["a reference names an anchor", [[ttl, { $ref: "#ttl" }]], "leads nowhere"],
    [
      "parameters refer to each other",
      [
        ["components parameters", { a: { $ref: "#/components/parameters/a" } }],
        [`${post} parameters`, [{ $ref: "#/components/parameters/a" }]],
      ],
      "leads back to itself",
    ],
  ])("%s", async (_why, edits, reason) => {
    const refused = normalForm(edited(...edits));
    await expect(refused).rejects.toThrow(Unusable);
    await expect(refused).rejects.toThrow(reason);
  });
});
