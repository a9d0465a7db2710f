/** Documents of kinds that were never published: each is told as it is, or refused with a sentence. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import { ROOT } from "../../scripts/spec/files.ts";
import { isObject, type Json, type JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { parseDocument } from "../../scripts/spec/pull.ts";
import { Unusable } from "../../scripts/spec/unusable.ts";
import { CREATE, get, telnyxLike } from "./documents.ts";
import { schemas, ttl } from "./forms.ts";
import { type Edit, edited, told, toldOf } from "./told.ts";

interface Case {
  readonly it: string;
  readonly was?: JsonObject;
  readonly is: JsonObject;
  readonly told: string[];
  readonly why: string;
}

/** What the words in capitals stand for, in the cases. */
const PLACES: Readonly<Record<string, string>> = {
  ANSWER: `paths ${CREATE} post responses 201`,
  POST: `paths ${CREATE} post`,
  PATH: `paths ${CREATE}`,
  TTL: ttl,
  ERROR: `${schemas} video_Error properties`,
  WHOLE_ERROR: `${schemas} video_Error`,
  SCHEMAS: schemas,
  SCHEMES: "components securitySchemes",
};
const TTL = { type: "integer", minimum: 10, maximum: 3600, default: 600 };
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
/** Named schemas that the cases refer to. */
const NAMED: Edit[] = [
  ["$defs", { Ttl: TTL }],
  [`${schemas} Ttl`, TTL],
  [`${schemas} Short`, { ...ref("Ttl"), maximum: 1800, description: "Words." }],
];

function cases(file: string): [string, Case][] {
  const read: unknown = parseDocument(readFileSync(join(ROOT, "test/spec", file), "utf8"));
  return (read as Case[]).map((one) => [one.it, one]);
}

function editsOf(changes: JsonObject = {}): Edit[] {
  const place = (path: string) => path.replace(/^[A-Z_]+/, (word) => PLACES[word] ?? word);
  const filled = (value: Json): Json => {
    if (typeof value === "string")
      return value.startsWith("COPY ") ? get(telnyxLike(), place(value.slice(5))) : value;
    if (Array.isArray(value)) return value.map(filled);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one)]));
  };
  return Object.entries(changes).map(
    ([path, value]): Edit => [place(path), value === "GONE" ? undefined : filled(value)],
  );
}

it.each(cases("odd.yaml"))("%s is told as it is", async (_name, { was, is, told: lines }) => {
  expect(await toldOf(editsOf(is), [...NAMED, ...editsOf(was)])).toEqual(lines);
});

describe("a document cannot be used when", () => {
  const refused = (edits: Edit[], why: string) => {
    const read = () => normalForm(edited(...edits));
    expect(read).toThrow(Unusable);
    expect(read).toThrow(why);
  };

  it.each(cases("unusable.yaml"))("%s", (_name, { is, why }) => refused(editsOf(is), why));

  it("references make billions of a few lines", () => {
    const links = Array.from({ length: 40 }, (_, index): Edit => {
      const next = ref(`S${index + 1}`);
      return [`${schemas} S${index}`, index === 39 ? TTL : { properties: { a: next, b: next } }];
    });
    refused([...links, [ttl, ref("S0")]], "nests without end");
  });

  it("a server stands for any number of URLs", () => {
    const variables = Object.fromEntries(["a", "b"].map((name) => [name, { enum: [...Array(11).keys()] }]));
    const edits: Edit[] = [
      ["servers 0 url", "https://{a}.telnyx.com/{b}"],
      ["servers 0 variables", variables],
    ];
    refused(edits, "more than 100 URLs");
  });
});

it("a member is told that is added, or required, beside a reference to the whole", async () => {
  const body = `paths ${CREATE} post requestBody content application/json schema`;
  const withMore = (more: JsonObject) => toldOf([[body, { ...ref("CreateRequest"), ...more }]]);
  expect(await withMore({ required: ["token_ttl_secs"] })).toEqual([
    "BREAKING create: `token_ttl_secs` now required",
  ]);
  expect(
    await toldOf([[body, { allOf: [ref("CreateRequest"), { properties: { region: { type: "string" } } }] }]]),
  ).toEqual(["create: `region` added: { type: string }"]);
  expect(await withMore({ additionalProperties: false })).not.toEqual([]);
});

describe("a schema that holds itself", () => {
  const error = `${schemas} video_Error`;
  const inner = `${error} properties inner`;

  it.each([[ref("video_Error")], [{ allOf: [ref("video_Error")] }]])(
    "may be the whole of an answer, %j",
    async (schema) => {
      const [line, ...others] = await told(telnyxLike(), edited([error, schema]));
      expect(line).toMatch(/^BREAKING create and refresh: 403 body schema \{.*\} → \{"x-recursive":true\}$/);
      expect(others).toEqual([]);
    },
  );

  it("is the same in whatever order two that hold each other are named", () => {
    const [A = {}, B = {}] = ["b", "a"].map((name) => ({
      type: "object",
      properties: { [name]: ref(name.toUpperCase()) },
    }));
    const both: Edit[] = [
      [`${schemas} A`, A],
      [`${schemas} B`, B],
    ];
    const [a, b]: Edit[] = ["a", "b"].map((name) => [`${error} properties ${name}`, ref(name.toUpperCase())]);
    const inTurn = (...edits: (Edit | undefined)[]) =>
      normalForm(edited(...both, ...edits.filter((one) => one !== undefined)));
    expect(inTurn(a, b)).toEqual(inTurn(b, a));
  });

  it("is told once, and with what else changed", async () => {
    const after = edited([inner, ref("video_Error")]);
    const more = edited([inner, ref("video_Error")], [`${error} properties code type`, "integer"]);
    const code = "BREAKING create and refresh: 403 `code` type string → integer";
    expect(await told(after, more)).toEqual([code]);
    expect(await told(telnyxLike(), more)).toEqual([
      code,
      "create and refresh: 403 `inner` added: recursive",
    ]);
    expect(await told(after, telnyxLike())).toEqual(["BREAKING create and refresh: 403 `inner` removed"]);
  });
});

it("a change is data: operations, path, keyword, values", () => {
  const [change] = changesBetween(normalForm(telnyxLike()), normalForm(edited([`${ttl} maximum`, 1800])));
  expect(change).toEqual({
    operations: ["create"],
    path: ["requestBody", "content application/json", "schema", "properties token_ttl_secs"],
    keyword: "maximum",
    before: 3600,
    after: 1800,
    isBreaking: true,
  });
});
