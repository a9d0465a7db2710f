import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { stringify } from "yaml";
import { FILES, ROOT, readObject } from "./files.ts";
import { generate } from "./generate.ts";
import { isObject, type JsonObject, listAt } from "./json.ts";
import { OverlayError } from "./overlay.ts";

/** What is made, installed or fetched: not needed, or found in the repository around the copy. */
const NOT_COPIED = new Set([".git", ".stryker-tmp", "coverage", "dist", "node_modules", "reports"]);
const LOCK = "test/spec/lock.test.ts";
/** The tests that set the client against the fragment; no others can tell one fragment from another. */
const BEHAVIOUR = ["test/contract", "test/sandbox"];

/** A copy of the repository in which the contract may be another one. */
export class Judge {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  static async open(): Promise<Judge> {
    const reports = join(ROOT, "reports");
    await mkdir(reports, { recursive: true });
    const root = await mkdtemp(join(reports, "mutant-"));
    const filter = (path: string) => !NOT_COPIED.has(basename(path));
    for (const part of (await readdir(ROOT)).filter(filter)) {
      await cp(join(ROOT, part), join(root, part), { recursive: true, filter });
    }
    return new Judge(root);
  }

  close(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }

  /** What notices that `upstream` states something else; undefined when nothing does. */
  async notices(upstream: JsonObject): Promise<string | undefined> {
    const failure = await this.#generate(upstream);
    return (
      failure ?? (await this.#vitest(LOCK)) ?? (await this.#typeCheck()) ?? (await this.#vitest(...BEHAVIOUR))
    );
  }

  /**
   * Makes fragment and types; returns why there are no types. An overlay action that fits no longer would stop
   * `npm run generate`, which is a notice in itself but not one that counts here: the action goes, so that type
   * check and tests decide.
   */
  async #generate(upstream: JsonObject): Promise<string | undefined> {
    await writeFile(join(this.#root, FILES.upstream), JSON.stringify(upstream));
    await cp(join(ROOT, FILES.overlay), join(this.#root, FILES.overlay));
    for (;;) {
      try {
        await generate(this.#root, { write: true });
        return undefined;
      } catch (error) {
        if (!(error instanceof OverlayError))
          return `npm run generate: ${(error as Error).message.split("\n")[0]}`;
        if (error.index === undefined) throw error;
        const overlay = await readObject(join(this.#root, FILES.overlay));
        const actions = listAt(overlay, "actions").filter((_, index) => index !== error.index);
        await writeFile(join(this.#root, FILES.overlay), stringify({ ...overlay, actions }));
      }
    }
  }

  async #typeCheck(): Promise<string | undefined> {
    const { exitCode, output } = await this.#run("typescript/bin/tsc", "-p", "test/tsconfig.json");
    return exitCode === 0 ? undefined : `the type check: ${output.split("\n")[0]}`;
  }

  /** The name of the first test that fails. */
  async #vitest(...files: string[]): Promise<string | undefined> {
    const report = join(this.#root, "report.json");
    const args = ["run", ...files, "--reporter=json", `--outputFile=${report}`];
    const { exitCode, output } = await this.#run("vitest/vitest.mjs", ...args);
    if (exitCode === 0) return undefined;
    const { testResults } = JSON.parse(await readFile(report, "utf8").catch(() => "{}"));
    for (const file of Array.isArray(testResults) ? testResults.filter(isObject) : []) {
      if (file["status"] !== "failed") continue;
      const failed = listAt(file, "assertionResults").find(
        (one) => isObject(one) && one["status"] === "failed",
      );
      return String(isObject(failed) ? failed["fullName"] : file["message"]);
    }
    throw new Error(`vitest failed without a failed test:\n${output}`);
  }

  #run(tool: string, ...args: string[]): Promise<{ exitCode: number | null; output: string }> {
    const child = spawn(process.execPath, [join(ROOT, "node_modules", tool), ...args], { cwd: this.#root });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode) => resolve({ exitCode, output }));
    });
  }
}
