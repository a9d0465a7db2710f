/** Documents of kinds that were never published: each is reported as it is, or rejected with a sentence. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { changesBetween } from "../../scripts/spec/changes.ts";
import { ROOT } from "../../scripts/spec/files.ts";
import { isObject, type Json, type JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";
import {
  CREATE,
  createAnswer,
  type Edit,
  edited,
  get,
  REFRESH,
  refer,
  schemas,
  set,
  telnyxLike,
  ttl,
} from "./documents.ts";

/** What the words in capitals stand for, in the cases. */
const PLACES: Readonly<Record<string, string>> = {
  ANSWER: createAnswer,
  DATA: `${createAnswer} content application/json schema properties data`,
  RENEWED: `paths ${REFRESH} post responses 201 content application/json schema properties data`,
  BODY: `paths ${CREATE} post requestBody`,
  POST: `paths ${CREATE} post`,
  PATH: `paths ${CREATE}`,
  REFRESH: `paths ${REFRESH}`,
  ROOM_ID: `paths ${CREATE} post parameters 0`,
  REQUEST: `${schemas} CreateRequest`,
  TTL: ttl,
  LONGER: `${schemas} CreateRequest properties refresh_token_ttl_secs`,
  AGAIN: `${schemas} RefreshRequest properties token_ttl_secs`,
  ERROR: `${schemas} video_Error properties`,
  WHOLE_ERROR: `${schemas} video_Error`,
  SCHEMAS: schemas,
  SCHEMES: "components securitySchemes",
};
const TTL = { type: "integer", minimum: 10, maximum: 3600, default: 600 };
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
/** With named schemas that the cases refer to. */
const plain = edited(
  ["$defs", { Ttl: TTL }],
  [`${schemas} Ttl`, TTL],
  [`${schemas} Short`, { ...ref("Ttl"), maximum: 1800, description: "Words." }],
);

const place = (path: string) => path.replace(/^[A-Z_]+/, (word) => PLACES[word] ?? word);

/** A document with edits; COPY stands for what is at another place, REFER moves something there, GONE takes it away. */
function changed(document: JsonObject, edits: JsonObject): JsonObject {
  const after = structuredClone(document);
  const filled = (value: Json): Json => {
    if (typeof value === "string")
      return value.startsWith("COPY ") ? structuredClone(get(after, place(value.slice(5)))) : value;
    if (Array.isArray(value)) return value.map(filled);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one)]));
  };
  for (const [path, value] of Object.entries(edits)) {
    if (String(value).startsWith("REFER ")) refer(after, place(path), place(String(value).slice(6)));
    else set(after, place(path), value === "GONE" ? undefined : filled(value));
  }
  return after;
}

/** The lines of the text report on two documents; the normal form of each must be its own. */
function reported(before: JsonObject, after: JsonObject): string[] {
  const [was, is] = [normalForm(before), normalForm(after)];
  for (const normal of [was, is]) expect(normalForm(normal)).toEqual(normal);
  const lines = report("text", "x", changesBetween(was, is)).split("\n").slice(1, -1);
  return lines.map((line) => line.trim());
}

interface Change {
  readonly says: readonly string[];
  readonly was?: JsonObject;
  readonly is: JsonObject;
}

interface Cases {
  readonly same: Readonly<Record<string, JsonObject>>;
  readonly changes: readonly Change[];
  readonly named_changes: Readonly<Record<string, Change>>;
  readonly unusable: Readonly<Record<string, { readonly why: string; readonly is?: JsonObject }>>;
}

const cases: Cases = parse(readFileSync(join(ROOT, "test/spec/odd.yaml"), "utf8"));

it.each(Object.entries(cases.same))("the normal form does not show %s", (_name, edits) => {
  const document = changed(plain, edits);
  expect(document, "the edits did nothing").not.toEqual(plain);
  expect(normalForm(document)).toEqual(normalForm(telnyxLike()));
});

function expectReport({ says, was = {}, is }: Change): void {
  const before = changed(plain, was);
  expect(reported(before, changed(before, is))).toEqual(says);
}

it.each(cases.changes.map((change): [string, Change] => [change.says.join("; "), change]))(
  "reports %s",
  (_, change) => expectReport(change),
);

it.each(Object.entries(cases.named_changes))("reports %s as it is", (_, change) => expectReport(change));

function expectUnusable(document: JsonObject, why: string): void {
  const reason = { name: "Unusable", message: expect.stringContaining(why) };
  expect(() => normalForm(document)).toThrow(expect.objectContaining(reason));
}

describe("a document cannot be used when", () => {
  it.each(Object.entries(cases.unusable))("%s", (_, { why, is = {} }) =>
    expectUnusable(changed(plain, is), why),
  );

  it("references make billions of a few lines", () => {
    const links = Array.from({ length: 40 }, (_, index): Edit => {
      const next = ref(`S${index + 1}`);
      return [`${schemas} S${index}`, index === 39 ? TTL : { properties: { a: next, b: next } }];
    });
    expectUnusable(edited(...links, [ttl, ref("S0")]), "nests without end");
  });

  it("a server stands for any number of URLs", () => {
    const variables = Object.fromEntries(["a", "b"].map((name) => [name, { enum: [...Array(11).keys()] }]));
    expectUnusable(
      edited(["servers 0 url", "https://{a}.telnyx.com/{b}"], ["servers 0 variables", variables]),
      "more than 100 URLs",
    );
  });
});
