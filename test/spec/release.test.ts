import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../../scripts/spec/files.ts";

const GITHUB = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "example/telnyx-room-tokens" };
const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** Runs the release's step on a package.json, and gives what became of it. */
function setRepository(manifest: object, env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "package.json");
  writeFileSync(file, JSON.stringify(manifest));
  const tsx = import.meta.resolve("tsx");
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", tsx, join(ROOT, "scripts/set-repository.ts")],
    { cwd: folder, env: { PATH: process.env["PATH"], ...env }, encoding: "utf8" },
  );
  return { status, stderr: stderr.trim(), manifest: JSON.parse(readFileSync(file, "utf8")) };
}

test("the release names the repository that it runs in, and changes nothing else", () => {
  const { status, manifest } = setRepository(own, GITHUB);
  expect(status).toBe(0);
  const url = "https://github.com/example/telnyx-room-tokens";
  expect(manifest).toEqual({
    ...own,
    repository: { type: "git", url: `git+${url}.git` },
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
  });
});

test.each([
  ["GITHUB_REPOSITORY", { ...GITHUB, GITHUB_REPOSITORY: "" }],
  ["GITHUB_SERVER_URL", { GITHUB_REPOSITORY: GITHUB.GITHUB_REPOSITORY }],
])("outside a workflow it stops, and names the missing %s", (name, env) => {
  const { status, stderr, manifest } = setRepository(own, env);
  expect(status).toBe(1);
  expect(stderr).toBe(`The release stops: ${name} must be set as GitHub sets it in a workflow, but is "".`);
  expect(manifest).toEqual(own);
});

test("it stops where package.json lacks a field, and names it", () => {
  const { license: _, ...rest } = own;
  const { status, stderr } = setRepository(rest, GITHUB);
  expect(status).toBe(1);
  expect(stderr).toBe("The release stops: package.json has no license: add it before a release.");
});

test("the workflow does that after the tests and before it packs", () => {
  const workflow = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8");
  const [tests, step, pack] = ["npm test", "scripts/set-repository.ts", "npm pack"].map((text) =>
    workflow.indexOf(text),
  );
  expect(tests).toBeGreaterThan(0);
  expect(step).toBeGreaterThan(tests ?? 0);
  expect(pack).toBeGreaterThan(step ?? 0);
});
