import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A fenced block of the README: its language, the word behind it that says how it is tested, its line and code. */
export interface Snippet {
  readonly language: string;
  readonly use: string;
  readonly line: number;
  readonly code: string;
}

const FENCE = /^```(\w*) ?(\w*)\n([\s\S]*?)^```$/gm;

export const readme: string = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

export const snippets: readonly Snippet[] = [...readme.matchAll(FENCE)].map((match) => {
  const [, language = "", use = "", code = ""] = match;
  return { language, use, code, line: readme.slice(0, match.index).split("\n").length };
});

/**
 * Where the snippets lie as files while they are tested, so that their imports resolve; git ignores it. Each
 * test file that imports this has its own, for they run side by side.
 */
export const FOLDER: string = fileURLToPath(new URL(`./.snippets/${randomUUID()}/`, import.meta.url));

const YOUR_LOGIN = `export async function mayJoin(request: Request, roomId: string): Promise<boolean> {
  return request.headers.get("cookie") === "login=ann" && roomId.length === 36;
}
`;

/** Writes the TypeScript snippets, and the module of the reader's own that some of them import. */
export function writeSnippets(): string[] {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "your-login.ts"), YOUR_LOGIN);
  return snippets
    .filter(({ language }) => language === "ts")
    .map((snippet) => {
      const file = fileOf(snippet);
      writeFileSync(file, snippet.code);
      return file;
    });
}

export function fileOf({ line }: Snippet): string {
  return join(FOLDER, `line-${line}.ts`);
}
