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

function requiredFields(name: string): (string | undefined)[] {
  const { body }: { readonly body: readonly Field[] } = read(name);
  return body.filter(({ validations }) => validations?.required).map(({ id }) => id);
}

test("a bug report needs version, runtime, description and code; a question needs only itself", () => {
  expect(requiredFields("bug.yml")).toEqual(["version", "runtime", "what", "code"]);
  expect(requiredFields("question.yml")).toEqual(["question"]);
});

test.each(["bug.yml", "question.yml"])("%s has what GitHub wants of a form", (name) => {
  const { name: title, description, body } = read(name);
  expect([typeof title, typeof description]).toEqual(["string", "string"]);
  const types = body.map(({ type }: Field) => type);
  expect(["markdown", "input", "textarea"]).toEqual(expect.arrayContaining(types));
  const ids = body.flatMap(({ id }: Field) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
});

test("there is no blank issue, and a vulnerability is to be reported as SECURITY.md says", () => {
  const { blank_issues_enabled: isBlankAllowed, contact_links: links } = read("config.yml");
  expect(isBlankAllowed).toBe(false);
  expect(JSON.stringify(links)).toContain("SECURITY.md");
});
