import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { DEFAULTS } from "../../src/client/options.ts";
import { page, pages, ROOT } from "./snippets.ts";

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

function optionsOf(file: string, name: string): string[] {
  const source = readFileSync(`${ROOT}${file}`, "utf8");
  const [, declared = ""] = new RegExp(`interface ${name} \\{([\\s\\S]*?)\n\\}`).exec(source) ?? [];
  const names = [...declared.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, option = ""]) => option);
  if (names.length === 0) throw new Error(`${file} has no ${name}`);
  return names;
}

/** The rows of the tables below a heading: by the name in the first cell, the text in the second. */
function tableBelow(text: string, heading: string): Record<string, string> {
  const [section = ""] = text.slice(text.indexOf(`## ${heading}`) + 3).split(/^## /m);
  const rows = [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)];
  return Object.fromEntries(rows.map(([, name = "", value = ""]) => [name, value]));
}

test("the option table names every option of the client, and no other, with its default", () => {
  const table = tableBelow(page("docs/back-ends.md"), "The client's options");
  expect(Object.keys(table).sort()).toEqual(optionsOf("src/client/options.ts", "ClientOptions").sort());
  expect(table).toMatchObject({
    timeoutMs: String(DEFAULTS.timeoutMs),
    maxRetries: String(DEFAULTS.maxRetries),
    baseUrl: `\`TELNYX_BASE_URL\`, then \`${DEFAULTS.baseUrl}\``,
  });
});

test("the session's option table names every option of the session, and no other, with its default", () => {
  const table = tableBelow(page("docs/session.md"), "Options");
  const options = optionsOf("src/session/options.ts", "RoomTokenSessionOptions");
  expect(Object.keys(table).sort()).toEqual(options.sort());
  const source = readFileSync(`${ROOT}src/session/options.ts`, "utf8");
  const [, defaultMs = ""] = /timeoutMs: .*default: ([\d_]+)/.exec(source) ?? [];
  expect(table["timeoutMs"]).toBe(defaultMs.replace("_", ""));
});

test("the session's state table names every state, and no other", () => {
  const source = readFileSync(`${ROOT}src/session/snapshots.ts`, "utf8");
  const [, union = ""] = /type RoomTokenSessionState =([\s\S]*?);/.exec(source) ?? [];
  const states = [...union.matchAll(/"(\w+)"/g)].map(([, state]) => state);
  const [, section = ""] = page("docs/session.md").split("\n## The snapshot\n");
  const [table = ""] = section.split("\n- `token`");
  const named = [...table.matchAll(/`([a-z]+)`/g)].map(([, name]) => name);
  expect(named.filter((name) => name !== "state").sort()).toEqual(states.sort());
});

function errorCodes(): string[] {
  const errors = readFileSync(`${ROOT}src/errors/room-token-error.ts`, "utf8");
  const union = /type RoomTokenErrorCode =([\s\S]*?);/.exec(errors)?.[1] ?? "";
  return [...union.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
}

/** The codes in the first cells of the table below a heading: "| `timeout`, `connection_failed` | …". */
function codesBelow(text: string, heading: string): (string | undefined)[] {
  const [, below = ""] = text.split(`\n## ${heading}\n`);
  const [section = ""] = below.split("\n## ");
  const firstCells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell);
  return firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code));
}

test("the error table names every code once, and no other", () => {
  const codes = errorCodes();
  expect(codes).toHaveLength(16);
  expect(codesBelow(page("docs/errors.md"), "Codes").sort()).toEqual(codes.sort());
});

test("the short error table of the README names codes that exist", () => {
  const named = codesBelow(readme, "Errors");
  expect(named.length).toBeGreaterThan(5);
  expect(errorCodes()).toEqual(expect.arrayContaining(named));
});
