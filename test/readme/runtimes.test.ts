import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { page } from "./snippets.ts";

const platforms = page("docs/platforms.md");

const lockfile = new URL("../runtimes/package-lock.json", import.meta.url);
const { packages } = JSON.parse(readFileSync(lockfile, "utf8"));

test.each([
  ["Node", ["node-v20", "node-v22", "node-v24", "node-v26"]],
  ["Deno", ["deno"]],
  ["Bun", ["bun"]],
  ["workerd", ["workerd"]],
])("platforms.md names the versions of %s that the suite is run on", (name, installed) => {
  const versions = installed.map((folder) => packages[`node_modules/${folder}`].version);
  expect(platforms).toContain(`| ${name} | ${versions.join(", ")} |`);
});

test("platforms.md names the compilers that the package is tried with", () => {
  const { devDependencies } = JSON.parse(
    readFileSync(new URL("../package/package.json", import.meta.url), "utf8"),
  );
  const compilers = Object.keys(devDependencies).filter((name) => name.startsWith("typescript-"));
  const versions = compilers.map((name) => name.replace("typescript-", ""));
  expect(platforms).toContain(
    `TypeScript ${versions.slice(0, -1).join(", ")} and ${versions.at(-1)} compile`,
  );
});
