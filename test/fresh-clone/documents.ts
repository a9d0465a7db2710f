/** The commands that the documents tell their reader to type. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced block of shell: "```sh", its lines, "```". */
const SHELL_BLOCK = /^```(?:sh|bash|shell|console)\n([\s\S]*?)^```$/gm;
/** Any fenced block. */
const BLOCK = /^```[\s\S]*?^```$/gm;
/** Code inside a line: `npm run demo`. */
const CODE = /`([^`\n]+)`/g;
/** What makes code inside a line a command: "npm run demo", ".ci/run". */
const COMMAND = /^(?:(?:npm|npx|node|deno|bun|git|curl|tsx|vitest) |\.ci\/)/;

/** The commands of one document, in its order, each once. `a && b` is two of them. */
export function commandsIn(text: string): string[] {
  const inBlocks = [...text.matchAll(SHELL_BLOCK)].flatMap(([, lines = ""]) =>
    lines
      .replaceAll("\\\n", " ")
      .split(/\n|&&/)
      .map((line) => line.replace(/\s+/g, " ").trim())
      .filter((line) => line !== "" && !line.startsWith("#")),
  );
  const inLines = text.replace(BLOCK, "").split("\n").flatMap(commandsInLine);
  return [...new Set([...inBlocks, ...inLines])];
}

/** `-- --check` behind `npm run generate` in the same line stands for `npm run generate -- --check`. */
function commandsInLine(line: string): string[] {
  const commands: string[] = [];
  let command: string | undefined;
  for (const [, code = ""] of line.matchAll(CODE)) {
    if (COMMAND.test(code)) {
      command = code;
      commands.push(code);
    } else if (code.startsWith("-- ") && command !== undefined) {
      commands.push(`${command} ${code}`);
    }
  }
  return commands;
}

/** The commands of README.md and its like in the root, and of all of docs/. */
export function documentedCommands(root: string): Set<string> {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const names = [...readdirSync(root), ...docs.map((name) => join("docs", name))];
  const documents = names.filter((name) => name.endsWith(".md"));
  return new Set(documents.flatMap((name) => commandsIn(readFileSync(join(root, name), "utf8"))));
}
