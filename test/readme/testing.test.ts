import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { DEFAULTS } from "../../src/sandbox/options.ts";
import { page, ROOT } from "./snippets.ts";

const text = page("docs/testing.md");

/** The members of an interface, as its source declares them. */
function membersOf(file: string, name: string): string[] {
  const source = readFileSync(`${ROOT}src/sandbox/${file}`, "utf8");
  const [, declared = ""] = new RegExp(`interface ${name} \\{([\\s\\S]*?)\n\\}`).exec(source) ?? [];
  const members = [...declared.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(
    ([, member = ""]) => member,
  );
  if (members.length === 0) throw new Error(`${file} has no ${name}`);
  return members;
}

/** What stands in a place of the page, between braces: "port, apiKey" of `startSandbox({ port, apiKey })`. */
function namesIn(before: string): string[] {
  const [, names = ""] = new RegExp(`\`${before}\\(?\\{ ([\\w, ]+) \\}`).exec(text) ?? [];
  return names.split(", ");
}

test("the table of the sandbox names every member, and no other", () => {
  const firstCells = [...text.matchAll(/^\| (`[^|]+`) \| /gm)].map(([, cell = ""]) => cell);
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(["startSandbox", ...membersOf("sandbox.ts", "Sandbox")].sort());
});

test.each([
  ["startSandbox", "options.ts", "SandboxOptions"],
  ["failNext", "options.ts", "SandboxFault"],
  ["set", "options.ts", "SandboxSettings"],
  ["", "sandbox.ts", "SandboxRequest"],
])("the members of %s(…) are those of %s, %s", (before, file, name) => {
  expect(namesIn(before).sort()).toEqual(membersOf(file, name).sort());
});

test("the defaults of the sandbox are those that the page and the README give", () => {
  expect(text).toContain(`any free port, \`"${DEFAULTS.apiKey}"\`, the room of the quick start`);
  expect(page("README.md")).toContain(`const roomId = "${DEFAULTS.roomId}"; // your room's id`);
});

test("the mock is made by the version of Prism that the tests use", () => {
  const [, version] = /@stoplight\/prism-cli@(\S+) mock/.exec(text) ?? [];
  expect(version).toBe(packageJson.devDependencies["@stoplight/prism-cli"]);
});
