import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { FILES, ROOT } from "../../scripts/spec/files.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { parseDocument, upstreamText } from "../../scripts/spec/pull.ts";
import { telnyxLike } from "./documents.ts";

const facts = normalForm(telnyxLike());

it("the normal form is the form of upstream.json, byte for byte", () => {
  const upstream = readFileSync(join(ROOT, FILES.upstream), "utf8");
  expect(upstreamText(normalForm(parseDocument(upstream)))).toBe(upstream);
});

it("the normal form does not show the order of keys", () => {
  const turned = JSON.parse(JSON.stringify(telnyxLike()), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse())
      : value,
  );
  expect(JSON.stringify(normalForm(turned))).toBe(JSON.stringify(facts));
});

it("the normal form does not show whether it was YAML, or JSON after white space", () => {
  for (const text of [stringify(telnyxLike()), `\n ${JSON.stringify(telnyxLike())}`])
    expect(normalForm(parseDocument(text))).toEqual(facts);
});

it("YAML may have anchors, merge keys, numbers for statuses and dates that are text", () => {
  const document = parseDocument("a: &a {version: 2024-01-01, 201: {}}\nb: {<<: *a, 403: {}}");
  const a = { version: "2024-01-01", "201": {} };
  expect(document).toEqual({ a, b: { ...a, "403": {} } });
});
