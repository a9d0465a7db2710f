import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./snippets.ts";

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly validations?: { readonly required: boolean };
}

const read = (name: string) => parse(readFileSync(join(ROOT, ".github/ISSUE_TEMPLATE", name), "utf8"));

test.each([
  ["bug.yml", ["version", "runtime", "what", "code"]],
  ["question.yml", ["question"]],
])("%s has what GitHub wants of a form, and needs %j", (file, required) => {
  const { name, description, body } = read(file);
  expect([typeof name, typeof description]).toEqual(["string", "string"]);
  const fields: readonly Field[] = body;
  const types = fields.map(({ type }) => type);
  expect(["markdown", "input", "textarea"]).toEqual(expect.arrayContaining(types));
  const ids = fields.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(fields.filter(({ validations }) => validations?.required).map(({ id }) => id)).toEqual(required);
});

test("there is no blank issue, and a vulnerability is to be reported as SECURITY.md says", () => {
  const { blank_issues_enabled: isBlankAllowed, contact_links: links } = read("config.yml");
  expect(isBlankAllowed).toBe(false);
  expect(JSON.stringify(links)).toContain("SECURITY.md");
});
