import fc from "fast-check";
import { expect, it } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import { equal, type JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";
import { CREATE, edited, schemas } from "./documents.ts";

/** Schemas of all sorts, put together in every way, up to a depth. */
function schemaOf(depth: number): fc.Arbitrary<JsonObject> {
  const plain = {
    type: fc.constantFrom("integer", "string", "object", ["integer", "null"], ["string", "object"]),
    maximum: fc.integer({ min: 0, max: 3 }),
    exclusiveMaximum: fc.constantFrom(true, 2, 2.5),
    minLength: fc.integer({ min: 0, max: 2 }),
    pattern: fc.constantFrom("a", "b"),
    enum: fc.subarray([1, "a", null]),
    const: fc.constantFrom("a", null),
    nullable: fc.boolean(),
    required: fc.subarray(["a", "b"]),
    unevaluatedProperties: fc.boolean(),
    $ref: fc.constantFrom("#/components/schemas/Any", "#/components/schemas/video_Error"),
    description: fc.constant("Words."),
  };
  if (depth === 0) return someOf(plain);
  const inner = schemaOf(depth - 1);
  const composed = {
    properties: fc.dictionary(fc.constantFrom("a", "title", "constructor"), inner, { maxKeys: 2 }),
    additionalProperties: fc.oneof(fc.boolean(), inner),
    items: fc.oneof(fc.boolean(), inner),
    not: inner,
    allOf: fc.array(inner, { maxLength: 2 }),
    anyOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
    oneOf: fc.array(fc.oneof(inner, fc.constant({ type: "null" })), { minLength: 1, maxLength: 2 }),
  };
  return someOf({ ...plain, ...composed });
}

/** Up to four of the keywords. */
function someOf(keywords: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonObject> {
  const entries = Object.entries(keywords).map(([keyword, value]) => fc.tuple(fc.constant(keyword), value));
  const some = fc.uniqueArray(fc.oneof(...entries), { maxLength: 4, selector: ([keyword]) => keyword });
  return some.map((chosen) => Object.fromEntries(chosen) as JsonObject);
}
const schema = schemaOf(2);

const version = fc.constantFrom("3.0.3", "3.1.0");

/** A document whose request and answer hold these schemas. */
function documentOf(openapi: string, any: JsonObject, sent: JsonObject): JsonObject {
  return normalForm(
    edited(
      ["openapi", openapi],
      [`${schemas} Any`, any],
      [`${schemas} CreateRequest properties sent`, sent],
      [`paths ${CREATE} post responses 201 content application/json schema properties sent`, sent],
    ),
  );
}

it("the normal form of any schema is its own", () => {
  fc.assert(
    fc.property(version, schema, schema, (openapi, any, sent) => {
      const normal = documentOf(openapi, any, sent);
      expect(normalForm(normal)).toEqual(normal);
    }),
  );
});

it("two documents are told apart exactly when they differ, by what differs", () => {
  fc.assert(
    fc.property(version, schema, schema, schema, (openapi, any, one, other) => {
      const [before, after] = [documentOf(openapi, any, one), documentOf(openapi, any, other)];
      const changes = changesBetween(before, after);
      expect(changes.length > 0).toBe(!equal(before, after));
      expect(report("text", "x", changes)).not.toMatch(/undefined|\[object/);
      for (const change of changes) expect(equal(change.before, change.after)).toBe(false);
    }),
  );
});
