/** The recipes of docs/back-ends.md, as they stand and as their readers fill them in. */
import { readFileSync } from "node:fs";

const PAGE = readFileSync(new URL("../../docs/back-ends.md", import.meta.url), "utf8");
const BLOCK = /^```(\w+) recipe=([\w-]+)\n([\s\S]*?)^```$/gm;
/** The blocks of commands that say what to install. */
const COMMANDS = /^```sh\n([\s\S]*?)^```$/gm;

export interface Recipe {
  readonly name: string;
  readonly code: string;
  /** What the reader is told to install for it. */
  readonly packages: readonly string[];
}

export const RECIPES: readonly Recipe[] = [...PAGE.matchAll(BLOCK)].map((match) => {
  const [, , name = "", code = ""] = match;
  return { name, code, packages: packagesAbove(match.index) };
});

export function recipe(name: string): Recipe {
  const found = RECIPES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`docs/back-ends.md has no recipe ${name}`);
  return found;
}

/** The packages of the last commands before a recipe; none where they stand under another heading. */
function packagesAbove(index: number): string[] {
  const section = PAGE.slice(PAGE.lastIndexOf("\n## ", index), index);
  const commands = [...section.matchAll(COMMANDS)].at(-1)?.[1] ?? "";
  return [...commands.matchAll(/^npm install(?: -D)? (.+)$/gm)].flatMap(([, names = ""]) => names.split(" "));
}

/** What a row of a table of docs/back-ends.md has in its last cell, without the backquotes. */
export function lastCell(row: string): string {
  const line = PAGE.split("\n").find((text) => text.startsWith(`| ${row} |`));
  const [, cell] = /\| `([^|]+)` \|$/.exec(line ?? "") ?? [];
  if (cell === undefined) throw new Error(`docs/back-ends.md has no row ${row}`);
  return cell;
}

/**
 * Fills in login and rule: ann is logged in by her cookie and may join, eve is and may not.
 *
 * @param cookie How the recipe's framework gives the cookies of a request.
 */
export function fillIn(code: string, cookie: string): string {
  const withLogin = replaceOnce(code, "=> undefined;", `=> /\\blogin=(\\w+)/.exec(${cookie} ?? "")?.[1];`);
  return replaceOnce(withLogin, "=> false;", '=> user === "ann" && roomId !== "";');
}

/** Replaces a text that has to be there exactly once. */
export function replaceOnce(code: string, text: string, replacement: string): string {
  const [before, after, ...further] = code.split(text);
  if (before === undefined || after === undefined || further.length > 0)
    throw new Error(`${JSON.stringify(text)} must stand once in:\n${code}`);
  return before + replacement + after;
}
