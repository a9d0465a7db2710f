import { describe, expect, it } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import type { Json, JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { telnyxLike } from "./documents.ts";
import { schemas, ttl } from "./forms.ts";
import { edited, told } from "./told.ts";

const TTL = { type: "integer", minimum: 10, maximum: 3600, default: 600 };
const SHORTER = "BREAKING create: `token_ttl_secs` maximum 3600 → 1800";
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** The report when token_ttl_secs, an integer from 10 to 3600, is this schema. */
function toldOf(schema: Json, version = "3.1.0"): Promise<string[]> {
  const parts = { Ttl: TTL, Short: { ...ref("Ttl"), maximum: 1800, description: "Words." } };
  const more = Object.entries(parts).map(([name, part]) => [`${schemas} ${name}`, part] as const);
  return told(telnyxLike(), edited(["openapi", version], ["$defs", { Ttl: TTL }], ...more, [ttl, schema]));
}

describe("a schema that is put together is told by what it allows", () => {
  it.each<[string, Json]>([
    ["a reference and a bound beside it", { ...ref("Ttl"), maximum: 1800 }],
    ["a reference to a reference with a bound beside it", ref("Short")],
    ["a bound of its own and an allOf", { maximum: 1800, allOf: [ref("Ttl")] }],
    ["an allOf of bounds", { allOf: [ref("Ttl"), { maximum: 1800 }, { minimum: 5 }] }],
    ["a bound beside a reference to elsewhere", { $ref: "#/$defs/Ttl", maximum: 1800 }],
    ["a bound and a type beside a reference", { ...ref("Ttl"), type: ["integer"], maximum: 1800 }],
    ["an allOf within an allOf", { allOf: [{ allOf: [ref("Ttl"), { maximum: 1800 }] }] }],
  ])("%s", async (_form, schema) => {
    expect(await toldOf(schema)).toEqual([SHORTER]);
  });

  it.each<[string, Json, string?]>([
    ["a reference alone", ref("Ttl")],
    ["a wider bound beside a reference, which adds nothing", { ...ref("Ttl"), maximum: 7200 }],
    ["a bound beside a reference in OpenAPI 3.0", { ...ref("Ttl"), maximum: 1800 }, "3.0.3"],
  ])("nothing of %s", async (_form, schema, version) => {
    expect((await toldOf(schema, version)).filter((line) => !line.includes("minimum"))).toEqual([]);
  });

  it("a member that is required beside a reference to the whole", async () => {
    const body =
      "paths /rooms/{room_id}/actions/generate_join_client_token post requestBody content application/json";
    const whole = (more: JsonObject) =>
      told(telnyxLike(), edited([body, { schema: { ...ref("CreateRequest"), ...more } }]));
    expect(await whole({ required: ["token_ttl_secs"] })).toEqual([
      "BREAKING create: `token_ttl_secs` now required",
    ]);
  });

  it("null as a type, and as nullable", async () => {
    const orNull = ["create: `token_ttl_secs` type integer → integer, null"];
    expect(await toldOf({ ...TTL, type: ["null", "integer"] })).toEqual(orNull);
    expect(await toldOf({ allOf: [ref("Ttl")], nullable: true }, "3.0.3")).toEqual(orNull);
  });
});

const whole = '{"default":600,"maximum":3600,"minimum":10,"type":"integer"}';

describe("where no single schema says the same, the whole is told", () => {
  it.each<[string, Json, string]>([
    [
      "a choice that has the old schema breaks nothing",
      { oneOf: [TTL, { type: "string" }] },
      `{"oneOf":[${whole},{"type":"string"}]}`,
    ],
    [
      "a choice that has it not may break",
      { anyOf: [{ ...TTL, maximum: 1800 }, { type: "string" }] },
      `BREAKING {"anyOf":[${whole.replace("3600", "1800")},{"type":"string"}]}`,
    ],
    [
      "a choice between it and null breaks nothing",
      { oneOf: [ref("Ttl"), { type: "null" }] },
      `{"oneOf":[${whole},{"type":"null"}]}`,
    ],
    ["a choice of one", { oneOf: [ref("Ttl")] }, `{"oneOf":[${whole}]}`],
    [
      "an exclusive bound",
      { type: "integer", minimum: 10, exclusiveMaximum: 1801 },
      'BREAKING {"exclusiveMaximum":1801,"minimum":10,"type":"integer"}',
    ],
    [
      "a reference beside which no other member may be there",
      { ...ref("Ttl"), unevaluatedProperties: false },
      `BREAKING {"allOf":[${whole}],"unevaluatedProperties":false}`,
    ],
    [
      "parts that contradict each other",
      { ...ref("Ttl"), type: "string" },
      `BREAKING {"allOf":[${whole}],"type":"string"}`,
    ],
    [
      "conditions",
      { ...TTL, if: { maximum: 60 }, else: { multipleOf: 5 } },
      `BREAKING {"default":600,"else":{"multipleOf":5},"if":{"maximum":60},"maximum":3600,"minimum":10,"type":"integer"}`,
    ],
  ])("%s", async (_case, schema, now) => {
    const breaking = now.startsWith("BREAKING ") ? "BREAKING " : "";
    expect(await toldOf(schema)).toEqual([
      `${breaking}create: \`token_ttl_secs\` schema ${whole} → ${now.replace("BREAKING ", "")}`,
    ]);
  });

  it("never is a keyword told as gone that another part still states", async () => {
    const compositions: Json[] = [
      { allOf: [TTL, { pattern: "1" }, { pattern: "2" }] },
      { ...ref("Ttl"), additionalProperties: false, allOf: [{ properties: { a: {} } }] },
      { ...ref("Ttl"), not: { const: 60 } },
      { anyOf: [ref("Ttl"), { type: "boolean" }], deprecated: true },
    ];
    for (const schema of compositions) {
      expect((await toldOf(schema)).join()).not.toMatch(/(maximum|minimum|type|default) \S+ → none/);
    }
  });
});

describe("a schema that holds itself is named as recursive", () => {
  const error = `${schemas} video_Error`;
  const inner = `${error} properties inner`;
  const recursive = "create and refresh: 403 `inner` added, recursive";

  it.each<[string, Json]>([
    ["as a member", ref("video_Error")],
    ["in a list", { type: "array", items: ref("video_Error") }],
    ["as values of a map", { type: "object", additionalProperties: ref("video_Error") }],
    ["as a choice", { anyOf: [ref("video_Error"), { type: "string" }] }],
    ["through an allOf", { allOf: [ref("video_Error")], description: "Words." }],
    ["through another schema", { type: "object", properties: { cause: ref("video_Error") } }],
    ["twice", { type: "object", properties: { cause: ref("video_Error"), next: ref("video_Error") } }],
  ])("%s", async (_how, schema) => {
    expect(await told(telnyxLike(), edited([inner, schema]))).toEqual([recursive]);
  });

  it.each<[string, Json]>([
    ["by a reference", ref("video_Error")],
    ["by an allOf", { allOf: [ref("video_Error")] }],
  ])("as the whole of an answer, %s", async (_how, schema) => {
    const [line, ...others] = await told(telnyxLike(), edited([error, schema]));
    expect(line).toMatch(/^BREAKING create and refresh: 403 body schema \{.*\} → \{"\$recursive":true\}$/);
    expect(others).toEqual([]);
  });

  it("in a body", async () => {
    const edit = [`${schemas} CreateRequest properties more`, ref("CreateRequest")] as const;
    expect(await told(telnyxLike(), edited(edit))).toEqual(["create: `more` added, recursive"]);
  });

  it("in the same way in whatever order two schemas that hold each other are named", async () => {
    const A: JsonObject = { type: "object", properties: { b: ref("B"), name: { type: "string" } } };
    const B: JsonObject = { type: "object", properties: { a: ref("A") } };
    const [one, other] = [
      [
        [`${error} properties a`, ref("A")],
        [`${error} properties b`, ref("B")],
      ] as const,
      [
        [`${error} properties b`, ref("B")],
        [`${error} properties a`, ref("A")],
      ] as const,
    ].map((edits) => edited([`${schemas} A`, A], [`${schemas} B`, B], ...edits));
    expect(await normalForm(one ?? null)).toEqual(await normalForm(other ?? null));
  });

  it("once, and with what else changed", async () => {
    const after = edited([inner, ref("video_Error")]);
    const more = edited([inner, ref("video_Error")], [`${error} properties code type`, "integer"]);
    const code = "BREAKING create and refresh: 403 `code` type string → integer";
    expect(await told(after, more)).toEqual([code]);
    expect(await told(telnyxLike(), more)).toEqual([code, recursive]);
    expect(await told(after, telnyxLike())).toEqual(["BREAKING create and refresh: 403 `inner` removed"]);
    expect(await told(edited([inner, { type: "string" }]), after)).toEqual([
      'BREAKING create and refresh: 403 `inner` schema {"type":"string"} → {"$recursive":true}',
    ]);
    expect(await normalForm(await normalForm(after))).toEqual(await normalForm(after));
  });
});

it("a change is data: operations, place, kind, direction, what happened, values", async () => {
  const [change] = changesBetween(
    await normalForm(telnyxLike()),
    await normalForm(edited([`${ttl} maximum`, 1800])),
  );
  expect(change).toEqual({
    operations: ["create"],
    place: [["requestBody"], ["content", "application/json"], ["schema"], ["properties", "token_ttl_secs"]],
    kind: "member",
    direction: "request",
    event: "changed",
    keyword: "maximum",
    before: 3600,
    after: 1800,
    isBreaking: true,
  });
});
