/**
 * `npm run spec:check` makes what follows from openapi/upstream.json, runs every check even if an earlier one failed,
 * and says as Markdown what fails, what there is to decide, and what to touch. Exit status 1 where something fails.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { isObject, listAt } from "./spec/json.ts";

const SCRIPTS = ["generate", "lint", "typecheck"];
/** A failure of these tests is a question to decide. */
const LOCK = "test/spec/lock.test.ts";
/** The text of a pull request has at most 65,536 characters. */
const MAX_LINES = 60;
const MAX_LENGTH = 300;
const TO_TOUCH = `### What to touch

1. \`openapi/overlay.yaml\`, where \`npm run generate\` names an action of it; then \`npm run generate\` again.
2. What the sentences and tests above name, by "Where a change goes" in CONTRIBUTING.md.
3. In \`${LOCK}\` the decided facts, and the digest last.
4. \`CHANGELOG.md\`, with the version that "Versioning" in docs/contract.md demands.
`;

interface Failure {
  readonly file: string;
  readonly name: string;
  readonly message: string;
}

/** Without colours, the first lines that say something; npm's own begin with ">". */
function firstLines(text: string, count: number): string[] {
  const plain = stripVTControlCharacters(text).split("\n");
  const lines = plain.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("> "));
  return lines.slice(0, count).map((line) => `\`${line.slice(0, MAX_LENGTH).replaceAll("`", "'")}\``);
}

function run(command: string, ...args: string[]) {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env, maxBuffer: 2 ** 28 });
  return { isGood: status === 0, output: `${stderr ?? ""}\n${stdout ?? ""}` };
}

/** The tests that fail, also a file that cannot be loaded. */
async function failingTests(): Promise<Failure[]> {
  const folder = await mkdtemp(join(tmpdir(), "spec-check-"));
  const file = join(folder, "tests.json");
  const { output } = run("npx", "vitest", "run", "--reporter=json", `--outputFile=${file}`);
  const text = await readFile(file, "utf8").catch(() => undefined);
  await rm(folder, { recursive: true });
  if (text === undefined) return [{ file: "vitest", name: "runs", message: output }];
  return listAt(JSON.parse(text), "testResults").filter(isObject).flatMap(failuresOf);
}

function failuresOf(result: Record<string, unknown>): Failure[] {
  if (result["status"] !== "failed") return [];
  const file = relative(process.cwd(), String(result["name"])).replaceAll("\\", "/");
  const tests = Array.isArray(result["assertionResults"]) ? result["assertionResults"].filter(isObject) : [];
  const failed = tests.filter((test) => test["status"] === "failed");
  if (failed.length === 0) return [{ file, name: "cannot be loaded", message: String(result["message"]) }];
  return failed.map((test) => {
    const message = String(listAt(test, "failureMessages")[0]);
    return { file, name: String(test["fullName"]), message: message.replace(/^\w*Error: /, "") };
  });
}

const failedScripts: string[] = [];
for (const script of SCRIPTS) {
  const { isGood, output } = run("npm", "run", script);
  if (!isGood)
    failedScripts.push(
      `- \`npm run ${script}\` fails:`,
      ...firstLines(output, 8).map((line) => `  - ${line}`),
    );
}
const failures = await failingTests();
// After ": expected" comes what a test compared, which may be a whole document.
const statementOf = ({ message }: Failure) => message.split(": expected ")[0] ?? "";
const isLock = ({ file }: Failure) => file === LOCK;
const decisions = new Set(
  failures.filter(isLock).map((failure) => `- ${statementOf(failure).replaceAll("\n", " ")}`),
);
const tests = failures.map(
  (one) => `- ${one.file}: ${one.name}: ${firstLines(statementOf(one), 1).join("")}`,
);
const left = tests.length - MAX_LINES;
if (left > 0) tests.splice(MAX_LINES, left, `- and ${left} more`);
const sections = [
  ["What there is to decide", [...decisions]],
  ["What fails", [...failedScripts, ...tests]],
] as const;
const reported = sections
  .filter(([, lines]) => lines.length > 0)
  .map(([title, lines]) => `### ${title}\n\n${lines.join("\n")}\n`);
console.log([...(reported.length > 0 ? reported : ["Every check passes.\n"]), TO_TOUCH].join("\n").trim());
process.exitCode = reported.length > 0 ? 1 : 0;
