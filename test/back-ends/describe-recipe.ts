/** A recipe of docs/back-ends.md that Node runs, followed as its readers would. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeBackEnd, describeRequestBody, describeUnfilled, type Start } from "./cases.ts";
import { startProgram } from "./program.ts";
import { makeProject } from "./project.ts";
import { fillIn, lastCell, recipe, replaceOnce } from "./recipes.ts";

const { resolve } = createRequire(import.meta.url);
const TSX = pathToFileURL(resolve("tsx")).href;
/** What two rows of the table need. */
const TEXT_IMPORT = 'import { text } from "node:stream/consumers";\n';
const TSC = resolve("typescript/bin/tsc");

interface Project {
  /** The name of the recipe. */
  readonly name: string;
  /** What a project of this framework has before it gets the recipe. */
  readonly packages?: readonly string[];
  readonly aliases?: Readonly<Record<string, string>>;
  /** The options of `tsc --init` that a project of this framework has. */
  readonly compilerOptions?: readonly string[];
}

interface Followed extends Project {
  /** How it is told apart in the report: "Express 4". */
  readonly title: string;
  /** How its framework gives the cookies of a request. */
  readonly cookie: string;
  /** Its row in the table of what gives pages refresh tokens, if it has one. */
  readonly requestBodyRow?: string;
  /** Whether its framework reads no body but one that is sent as JSON. */
  readonly readsJsonOnly?: boolean;
  /** The file that starts the recipe, where it does not start itself: it imports `./recipe.js`. */
  readonly main?: string;
  /** Whether its pages get refresh tokens as it stands. */
  readonly givesRefreshTokens?: boolean;
}

/** The tests of a recipe: its types in a fresh project, and what it does as it stands and filled in. */
export function describeRecipe(followed: Followed): void {
  const { name, title, cookie, requestBodyRow, readsJsonOnly } = followed;
  const { code } = recipe(name);
  const filledIn = fillIn(code, cookie);
  const dir = useProject(followed);

  testTypes(title, dir);
  describeUnfilled(title, starter(followed, dir, "unfilled", code));
  const describeFilledIn = followed.givesRefreshTokens ? describeRequestBody : describeBackEnd;
  describeFilledIn(title, starter(followed, dir, "filled-in", filledIn));
  if (requestBodyRow !== undefined) {
    const call = `(roomTokens, roomId, ${lastCell(requestBodyRow)})`;
    const withBody = TEXT_IMPORT + replaceOnce(filledIn, "(roomTokens, roomId)", call);
    describeRequestBody(title, starter(followed, dir, "request-body", withBody), readsJsonOnly);
  }
}

/** Makes a project with the recipe as it stands, for the tests of a file. */
export function useProject(followed: Project): string {
  const { name, packages = [], aliases, compilerOptions = [] } = followed;
  const { code, packages: named } = recipe(name);
  const dir = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
  beforeAll(async () => {
    makeProject(dir, import.meta.dirname, [...named, ...packages], aliases);
    writeFileSync(join(dir, "recipe.ts"), code);
    await tsc(dir, "--init", ...compilerOptions);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Expects the recipe of a project to compile as it stands. */
export function testTypes(title: string, project: string): void {
  test(`${title}: it compiles in a project of plain tsc --init`, async () => {
    expect(existsSync(join(project, "tsconfig.json"))).toBe(true);
    expect(await tsc(project, "--noEmit")).toBe("");
  });
}

/** Starts a variant of the recipe in a folder of its own. */
function starter({ main }: Followed, project: string, variant: string, code: string): Start {
  const cwd = join(project, variant);
  const env = { TSX_TSCONFIG_PATH: join(project, "tsconfig.json") };
  const file = main === undefined ? "recipe.ts" : "main.ts";
  return (telnyx) =>
    startProgram((port) => {
      mkdirSync(cwd);
      writeFileSync(join(cwd, "recipe.ts"), code);
      writeFileSync(join(cwd, file), replaceOnce(main ?? code, "3000", String(port)));
      return { command: [process.execPath, "--import", TSX, file], cwd, env: { ...env, ...telnyx } };
    });
}

/** What tsc prints. */
function tsc(cwd: string, ...args: string[]): Promise<string> {
  return new Promise((resolved) => {
    execFile(process.execPath, [TSC, ...args], { cwd }, (_error, stdout) => resolved(stdout.trim()));
  });
}
