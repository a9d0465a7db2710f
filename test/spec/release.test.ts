/** The steps of release.yml, as they stand there. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../scripts/spec/files.ts";

interface Job {
  readonly needs?: string;
  readonly environment?: string;
  readonly steps: readonly { readonly run?: string }[];
}

const { on, jobs } = parse(readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8"));
const runsOf = ({ steps }: Job): string[] => steps.map(({ run }) => run ?? "");
const [packRuns, publishRuns] = [runsOf(jobs.pack), runsOf(jobs.publish)];

/** Runs a step in a new folder that has these files. */
function runStep(step: string | undefined, files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o755 });
  const path = `${folder}:${process.env["PATH"]}`;
  const options = {
    cwd: folder,
    env: { PATH: path, RUNNER_TEMP: folder, ...env },
    encoding: "utf8",
  } as const;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-e", "-c", step ?? "exit 9"], options);
  return {
    status,
    stdout,
    stderr: stderr.trim(),
    read: (name: string) => readFileSync(join(folder, name), "utf8"),
  };
}

test("the release packs once, sets the repository before, tests that tarball, and publishes it untouched", () => {
  expect(Object.keys(on)).toEqual(["push"]);
  const all: string[] = Object.values<Job>(jobs).flatMap(runsOf);
  expect(all.filter((run) => run.includes("npm pack"))).toHaveLength(1);
  const order = ["npm test", "scripts/set-repository.ts", "npm pack"];
  const places = order.map((text) => packRuns.findIndex((run) => run.includes(text)));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect([jobs.test.needs, jobs.publish.needs]).toEqual(["pack", "test"]);
  expect(jobs.publish.environment).toBe("npm");
  expect(publishRuns.join()).not.toMatch(/npm (ci|install|run)/);
});

const GITHUB = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "example/telnyx-room-tokens" };
const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const setRepository = (manifest: object, env: NodeJS.ProcessEnv) =>
  runStep(
    `node --import ${import.meta.resolve("tsx")} ${join(ROOT, "scripts/set-repository.ts")}`,
    { "package.json": JSON.stringify(manifest) },
    env,
  );

test("the release names the repository that it runs in, and changes nothing else", () => {
  const { status, read } = setRepository(own, GITHUB);
  expect(status).toBe(0);
  const url = "https://github.com/example/telnyx-room-tokens";
  expect(JSON.parse(read("package.json"))).toEqual({
    ...own,
    repository: { type: "git", url: `git+${url}.git` },
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
  });
});

const UNSET = 'must be set as GitHub sets it in a workflow, but is "".';

test.each([
  ["GITHUB_REPOSITORY", own, { ...GITHUB, GITHUB_REPOSITORY: "" }, `GITHUB_REPOSITORY ${UNSET}`],
  ["GITHUB_SERVER_URL", own, { ...GITHUB, GITHUB_SERVER_URL: "" }, `GITHUB_SERVER_URL ${UNSET}`],
  ["a license", { ...own, license: "" }, GITHUB, "package.json has no license: add it before a release."],
])("the release stops without %s, says so, and changes nothing", (_what, manifest, env, message) => {
  const { status, stderr, read } = setRepository(manifest, env);
  expect(status).toBe(1);
  expect(stderr).toBe(`The release stops: ${message}`);
  expect(JSON.parse(read("package.json"))).toEqual(manifest);
});

test.each([
  ["v1.2.3", "latest"],
  ["v1.2.3-beta.1", "next"],
])("the tag %s is published as %s", (ref, tag) => {
  const npm = '#!/bin/sh\necho "$@" | sed "s,$RUNNER_TEMP,TEMP,"\n';
  const { stdout, status } = runStep(publishRuns.at(-1), { npm }, { GITHUB_REF_NAME: ref });
  expect(status).toBe(0);
  expect(stdout).toBe(`publish TEMP/tarball/*.tgz --tag ${tag} --provenance --access public\n`);
});

const NO_HEADING = 'CHANGELOG.md has no heading "## 1.2.3 (YYYY-MM-DD)"';

test.each([
  ["v1.2.3", "## 1.2.3 (2026-11-29)", 0, ""],
  ["v1.2.4", "## 1.2.3 (2026-11-29)", 1, "The tag is v1.2.4, but package.json has the version 1.2.3"],
  ["v1.2.3", "## 1.2.3 (unreleased)", 1, NO_HEADING],
  ["v1.2.3", "## 1x2x3 (2026-11-29)", 1, NO_HEADING],
])("the tag %s of version 1.2.3 with the heading %j exits with %i", (ref, heading, code, says) => {
  const files = { "package.json": '{"version": "1.2.3"}', "CHANGELOG.md": `# Changelog\n\n${heading}\n` };
  const check = packRuns.find((run) => run.includes("CHANGELOG"));
  const { stdout, status } = runStep(check, files, { GITHUB_REF_NAME: ref });
  expect(status).toBe(code);
  expect(stdout).toContain(says);
});

const COMMIT = "git -c user.name=A -c user.email=a@example.com commit -q --allow-empty -m";

test.each([
  ["v1.2.3", "main", 0, ""],
  ["v1.2.4", "a-branch", 1, "::error::The tag v1.2.4 is not on main: "],
])("the tag %s on %s exits with %i", (ref, branch, code, says) => {
  const [checkout] = jobs.pack.steps;
  expect(checkout.with).toMatchObject({ "fetch-depth": 0 });
  const repository = [
    `git init -q -b main && ${COMMIT} one && git branch a-branch`,
    `${COMMIT} two && git update-ref refs/remotes/origin/main main`,
    `git checkout -q a-branch && ${COMMIT} three && git checkout -q ${branch}`,
  ];
  const check = packRuns.find((run) => run.includes("origin/main"));
  const { stdout, status } = runStep([...repository, check].join("\n"), {}, { GITHUB_REF_NAME: ref });
  expect({ status, stdout }).toEqual({ status: code, stdout: expect.stringContaining(says) });
});
