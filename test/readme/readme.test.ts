import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { page, pages, ROOT, withUse } from "./snippets.ts";

const readme = page("README.md");
const everything = pages.map(({ text }) => text).join("\n");

test("the README has at most 900 words and 120 lines", () => {
  const words = readme.split(/\s+/).filter(Boolean);
  expect(words.length).toBeGreaterThan(300);
  expect(words.length).toBeLessThanOrEqual(900);
  expect(readme.split("\n").length).toBeLessThanOrEqual(120);
});

test("every npm command in the documents is a script of the package", () => {
  const named = [...everything.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
});

test("every script that a person runs is in CONTRIBUTING.md", () => {
  const contributing = page("CONTRIBUTING.md");
  const scripts = Object.keys(packageJson.scripts).filter(
    (name) => !/^(?:test|lint|typecheck|prepack)$/.test(name),
  );
  expect(scripts.filter((name) => !new RegExp(`npm run ${name}(?![\\w:-])`).test(contributing))).toEqual([]);
});

test(".ci/run runs every suite of the package but the weekly one", () => {
  const suites = Object.keys(packageJson.scripts).filter((name) => /^test:(?!watch$|mutation$)/.test(name));
  const ci = readFileSync(`${ROOT}test/ci.ts`, "utf8");
  expect(suites.length).toBeGreaterThan(5);
  expect(suites.filter((name) => !ci.includes(`script: "${name}"`))).toEqual([]);
});

test("the page of the README has at most 12 lines of code", () => {
  const [snippet] = withUse("page").filter(([, { path }]) => path === "README.md");
  const lines = snippet?.[1].code.split("\n").filter((line) => line.trim() !== "");
  expect(lines?.length).toBeLessThanOrEqual(12);
  expect(lines?.length).toBeGreaterThan(5);
});
