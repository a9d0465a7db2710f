import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { parse } from "yaml";
import type { Change } from "../../scripts/spec/changes.ts";
import { ROOT } from "../../scripts/spec/files.ts";
import { report } from "../../scripts/spec/report.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
export interface PullRequest {
  state: "open" | "closed";
  body: string;
  labels: string[];
}
type Outputs = Record<string, { outputs: Record<string, string> }>;

const workflow = parse(readFileSync(join(ROOT, ".github/workflows/spec.yml"), "utf8"));
/** Keeps pull requests in a file; --jq is not asked for anything else than the number. */
const GH = `#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
const [topic, verb, ...args] = process.argv.slice(2);
const all = JSON.parse(readFileSync(process.env.GH_STATE, "utf8"));
const option = (name) => args[args.indexOf(name) + 1];
const open = all.findIndex(({ state }) => state === "open");
if (topic === "pr" && verb === "list" && open >= 0) console.log(open + 1);
if (topic === "pr" && verb === "create") {
  all.push({ state: "open", body: readFileSync(option("--body-file"), "utf8"), labels: [] });
  console.log("https://github.example/pull/" + all.length);
}
if (topic === "pr" && (verb === "edit" || verb === "close")) {
  const one = all[Number(args[0].split("/").at(-1)) - 1];
  if (args.includes("--body-file")) one.body = readFileSync(option("--body-file"), "utf8");
  if (args.includes("--add-label")) one.labels = [...new Set([...one.labels, option("--add-label")])];
  if (args.includes("--remove-label")) one.labels = one.labels.filter((it) => it !== option("--remove-label"));
  if (verb === "close") one.state = "closed";
  if (args.includes("--delete-branch")) execFileSync("git", ["push", "--quiet", "origin", "--delete", process.env.BRANCH]);
}
writeFileSync(process.env.GH_STATE, JSON.stringify(all));
`;
/**
 * Stands in for `npm run spec:pull` and `spec:check`, which pull.test.ts and spec-check.test.ts run. The document is a
 * maximum; the report of a pull is the real one, of a change from main; what is made names the overlay and the maximum.
 */
const NPM = `#!/usr/bin/env node
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
const [script, , source, , format] = process.argv.slice(4);
const read = (file) => readFileSync(file, "utf8");
const before = read("openapi/upstream.json");
if (process.env.CRASH === script) throw new Error("crashed");
if (script === "spec:pull") {
  copyFileSync(source, "openapi/upstream.json");
  console.log(JSON.parse(read(process.env.REPORTS))[[before, read(source), format]]);
  process.exitCode = before === read(source) ? 0 : 1;
}
if (script === "spec:check") {
  writeFileSync("openapi/rooms-client-tokens.yaml", read("openapi/overlay.yaml"));
  writeFileSync("generated/limits.ts", before);
  process.exitCode = existsSync("undecided") ? 1 : 0;
  console.log(process.exitCode === 1 ? "A bound is to be decided." : "Every check passes.");
}
`;
/** What main states. */
const MAXIMUM = 3600;
const FILES = {
  "openapi/upstream.json": `${MAXIMUM}`,
  "openapi/overlay.yaml": "the overlay of main",
  "openapi/rooms-client-tokens.yaml": "the overlay of main",
  "generated/limits.ts": `${MAXIMUM}`,
  undecided: "",
};

/** A repository with an origin, on which the workflow runs as on GitHub. */
export class Scratch {
  readonly #folder = mkdtempSync(join(tmpdir(), "scratch-"));
  readonly #origin = join(this.#folder, "origin.git");
  readonly #state = join(this.#folder, "gh.json");
  readonly #reports = join(this.#folder, "reports.json");
  #count = 0;
  #crash = "";

  constructor() {
    onTestFinished(() => rmSync(this.#folder, { recursive: true }));
    const seed = join(this.#folder, "seed");
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(seed, name)), { recursive: true });
      writeFileSync(join(seed, name), text);
    }
    this.git(seed, "init", "--quiet", "--initial-branch", "main");
    this.commit(seed, "All");
    this.git(seed, "clone", "--quiet", "--bare", seed, this.#origin);
    mkdirSync(join(this.#folder, "bin"));
    for (const [name, script] of Object.entries({ gh: GH, npm: NPM }))
      writeFileSync(join(this.#folder, "bin", name), script, { mode: 0o755 });
    writeFileSync(this.#state, "[]");
  }

  git(cwd: string, ...args: string[]): string {
    const person = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
    return execFileSync("git", [...person, ...args], { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  }

  commit(cwd: string, message: string): void {
    this.git(cwd, "add", "--all");
    this.git(cwd, "commit", "--quiet", "--message", message);
  }

  clone(): string {
    this.#count += 1;
    const clone = join(this.#folder, `clone-${this.#count}`);
    this.git(this.#folder, "clone", "--quiet", this.#origin, clone);
    return clone;
  }

  requests(): PullRequest[] {
    return JSON.parse(readFileSync(this.#state, "utf8"));
  }

  /** Authors and subjects of the commits that the branch has beyond main, the oldest first. */
  commits(): string[] {
    const log = this.git(this.#origin, "log", "--reverse", "--format=%an: %s", "main..follow-telnyx");
    return log.split("\n");
  }

  show(file: string): string {
    return this.git(this.#origin, "show", `follow-telnyx:${file}`);
  }

  /** Closes every pull request as a person would, and leaves the branch. */
  closeRequests(): void {
    const closed = this.requests().map((request) => ({ ...request, state: "closed" }));
    writeFileSync(this.#state, JSON.stringify(closed));
  }

  /** Runs both jobs, with a document that states this maximum, and with a script that crashes if one is named. */
  run(maximum: number, crash = ""): void {
    this.#crash = crash;
    const source = join(this.#folder, "telnyx.json");
    writeFileSync(source, `${maximum}`);
    const change: Change = {
      ...{ operations: ["create"], path: ["requestBody"], keyword: "maximum" },
      ...{ before: MAXIMUM, after: maximum, isBreaking: true },
    };
    const text = report("markdown", source, maximum === MAXIMUM ? [] : [change]);
    writeFileSync(this.#reports, JSON.stringify({ [`${MAXIMUM},${maximum},markdown`]: text }));
    const needs: Outputs = {};
    for (const name of ["pull", "propose"]) {
      const job: Job = workflow.jobs[name];
      const context = { needs, inputs: { source }, github: { token: "none" } };
      if (job.if !== undefined && evaluate(job.if, context) !== true) continue;
      needs[name] = { outputs: this.#runJob(job, context) };
    }
  }

  #runJob(job: Job, context: object): Record<string, string> {
    const clone = this.clone();
    const steps: Outputs = {};
    for (const step of job.steps) {
      if (step.if !== undefined && evaluate(step.if, { ...context, steps }) !== true) continue;
      if (step.uses?.includes("upload-artifact")) this.#upload(clone, step.with?.["path"] ?? "");
      if (step.uses?.includes("download-artifact"))
        cpSync(join(this.#folder, "artifact"), join(clone, step.with?.["path"] ?? ""), { recursive: true });
      if (step.run === undefined || step.run === "npm ci") continue;
      steps[step.id ?? ""] = { outputs: this.#runStep(step, clone, { ...context, steps }) };
    }
    const outputs = Object.entries(job.outputs ?? {}).map(([name, text]) => [name, fill(text, { steps })]);
    return Object.fromEntries(outputs);
  }

  #runStep({ run = "", env = {} }: Step, cwd: string, context: object): Record<string, string> {
    const output = join(this.#folder, "output");
    writeFileSync(output, "");
    const variables = Object.entries({ ...workflow.env, ...env });
    const given = variables.map(([name, text]) => [name, fill(String(text), context)]);
    const { status, stdout, stderr } = spawnSync(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", run],
      {
        cwd,
        encoding: "utf8",
        env: {
          ...process.env,
          ...Object.fromEntries(given),
          PATH: [join(this.#folder, "bin"), process.env["PATH"]].join(delimiter),
          GH_STATE: this.#state,
          REPORTS: this.#reports,
          CRASH: this.#crash,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: join(this.#folder, "summary"),
          RUNNER_TEMP: this.#folder,
        },
      },
    );
    expect(status, `${stdout}${stderr}`).toBe(0);
    const lines = readFileSync(output, "utf8").matchAll(/^(\w+)=(.*)$/gm);
    return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
  }

  #upload(clone: string, paths: string): void {
    for (const path of paths.trim().split("\n"))
      cpSync(join(clone, path), join(this.#folder, "artifact", path), { recursive: true });
  }
}

/** What `${{ … }}` in a text stands for. */
function fill(text: string, context: object): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression) => String(evaluate(expression, context) ?? ""));
}

/** GitHub's expressions, as far as this workflow has them, are JavaScript's; what is not there is empty. */
function evaluate(expression: string, context: object): unknown {
  const optional = expression.replaceAll(".", "?.").replaceAll(/(\?\.\w+) (==|!=) /g, "$1 $2 ");
  const names = ["needs", "steps", "inputs", "github"];
  const values = names.map((name) => Reflect.get(context, name) ?? {});
  return new Function(...names, `return (${optional.replaceAll(/'https[^']*'/g, '""')})`)(...values);
}
