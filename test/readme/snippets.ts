import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** A document, by its path from the root of the repository: "README.md", "docs/session.md". */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a document. */
export interface Snippet {
  readonly path: string;
  readonly language: string;
  /** How it is tested: the word after the language, such as "run"; "file=…" where that file is quoted. */
  readonly use: string;
  readonly line: number;
  readonly code: string;
}

/** "```ts run", its lines, "```". */
const FENCE = /^```(\w*) ?([^\n]*)\n([\s\S]*?)^```$/gm;

export const pages: readonly Page[] = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "test/README.md",
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

/** The text of one document. */
export function page(path: string): string {
  const found = pages.find((candidate) => candidate.path === path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found.text;
}

export const snippets: readonly Snippet[] = pages.flatMap(({ path, text }) =>
  [...text.matchAll(FENCE)].map((match) => {
    const [, language = "", use = "", code = ""] = match;
    return { path, language, use, code, line: text.slice(0, match.index).split("\n").length };
  }),
);

/** The snippets that are tested in one way. Throws where there is none, so that no test has nothing to do. */
export function withUse(use: string): [title: string, snippet: Snippet][] {
  const found = snippets.filter((snippet) => snippet.use === use);
  if (found.length === 0) throw new Error(`no document has a snippet for ${use}`);
  return found.map((snippet) => [`${snippet.path}, line ${snippet.line}`, snippet]);
}

/**
 * Where the snippets are files while they are tested, so that their imports resolve. Git ignores it. Each test file
 * has a folder of its own, because they run at the same time.
 */
export const FOLDER: string = fileURLToPath(new URL(`./.snippets/${randomUUID()}/`, import.meta.url));

/** Writes the TypeScript snippets, without those that are quoted from a file, and recipes (back-ends.test.ts). */
export function writeSnippets(): string[] {
  mkdirSync(FOLDER, { recursive: true });
  return snippets
    .filter(({ language, use }) => language === "ts" && !/^(?:file|recipe)=/.test(use))
    .map((snippet) => {
      const file = fileOf(snippet);
      writeFileSync(file, snippet.code);
      return file;
    });
}

export function fileOf({ path, line }: Snippet): string {
  return join(FOLDER, `${path.replace(/\W/g, "-")}-${line}.ts`);
}
