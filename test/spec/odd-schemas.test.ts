import { describe, expect, it } from "vitest";
import type { Json } from "../../scripts/spec/json.ts";
import { schemas, ttl } from "./forms.ts";
import { type Edit, toldOf } from "./told.ts";

const error = `${schemas} video_Error properties`;
const member = (name: string, schema: Json): Edit => [`${error} ${name}`, schema];
const text = { type: "string" };
const whole = { type: "integer" };

describe("a schema of a kind that was never published is told as it is", () => {
  it.each<[string, Edit[], Edit[], string[]]>([
    [
      "a keyword as a member's name",
      [member("items", text), member("properties", { properties: { required: text } })],
      [],
      ["create and refresh: 403 `items` added", "create and refresh: 403 `properties` added"],
    ],
    [
      "prose as a member's name",
      [member("title", whole), member("description", text)],
      [],
      [
        "BREAKING create and refresh: 403 `title` type string → integer",
        "create and refresh: 403 `description` added",
      ],
    ],
    [
      "a member that JavaScript has anyhow",
      [member("constructor", text)],
      [],
      ["create and refresh: 403 `constructor` added"],
    ],
    [
      "a member called __proto__",
      [member("meta", JSON.parse('{"type":"object","properties":{"__proto__":{}}}'))],
      [],
      ["create and refresh: 403 `meta.__proto__` added"],
    ],
    ["a member called $ref", [member("$ref", text)], [], ["create and refresh: 403 `$ref` added"]],
    [
      "a schema that is false",
      [member("code", false)],
      [],
      ['BREAKING create and refresh: 403 `code` schema {"type":"string"} → false'],
    ],
    [
      "a member without a schema",
      [member("meta", null)],
      [],
      ['BREAKING create and refresh: 403 `meta` schema {"type":"object"} → null'],
    ],
    [
      "items of a list",
      [member("list", { type: "array", items: whole })],
      [member("list", { type: "array", items: text })],
      ["BREAKING create and refresh: 403 `list[]` type string → integer"],
    ],
    [
      "values of a map",
      [member("meta", { type: "object", additionalProperties: whole })],
      [member("meta", { type: "object", additionalProperties: text })],
      ["BREAKING create and refresh: 403 `meta.*` type string → integer"],
    ],
    [
      "a tuple",
      [member("pair", { type: "array", prefixItems: [text, whole] })],
      [member("pair", { type: "array", prefixItems: [text] })],
      [
        'BREAKING create and refresh: 403 `pair` schema {"prefixItems":[{"type":"string"}],"type":"array"} → {"prefixItems":[{"type":"string"},{"type":"integer"}],"type":"array"}',
      ],
    ],
    [
      "types in another order",
      [[`${ttl} type`, ["string", "integer"]]],
      [[`${ttl} type`, ["integer", "string"]]],
      [],
    ],
    [
      "a number where an integer was sent",
      [[`${ttl} type`, "number"]],
      [],
      ["create: `token_ttl_secs` type integer → number"],
    ],
    [
      "a number where an integer was answered",
      [member("n", { type: "number" })],
      [member("n", whole)],
      ["BREAKING create and refresh: 403 `n` type integer → number"],
    ],
    [
      "deprecated beside a reference",
      [
        [`${schemas} Text`, text],
        [`${error} code`, { $ref: "#/components/schemas/Text", deprecated: true }],
      ],
      [],
      ["create and refresh: 403 `code` deprecated none → true"],
    ],
    ["a constant", [[`${ttl} const`, 600]], [], ["BREAKING create: `token_ttl_secs` const none → 600"]],
    [
      "a member only to be read",
      [[`${ttl} readOnly`, true]],
      [],
      ["BREAKING create: `token_ttl_secs` readOnly none → true"],
    ],
    [
      "a member only to be written",
      [member("code", { ...text, writeOnly: true })],
      [],
      ["BREAKING create and refresh: 403 `code` writeOnly none → true"],
    ],
    [
      "data that look like a reference",
      [[`${ttl} default`, { $ref: "#/x" }]],
      [],
      ['create: `token_ttl_secs` default 600 → {"$ref":"#/x"}'],
    ],
    ["a default of null", [[`${ttl} default`, null]], [], ["create: `token_ttl_secs` default 600 → null"]],
    [
      "a default that is a text now",
      [[`${ttl} default`, "600"]],
      [],
      ['create: `token_ttl_secs` default 600 → "600"'],
    ],
  ])("%s", async (_kind, edits, earlier, lines) => {
    expect(await toldOf(edits, earlier)).toEqual(lines);
  });
});
