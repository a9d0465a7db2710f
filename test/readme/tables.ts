/** What the tables of the documents hold, and what the source declares of the same. */
import { readFileSync } from "node:fs";
import { page, ROOT } from "./snippets.ts";

/** A section of a document, by its heading. */
export function section(path: string, heading: string): string {
  const [, below] = page(path).split(`\n## ${heading}\n`);
  const [text] = below?.split("\n## ") ?? [];
  if (text === undefined) throw new Error(`${path} has no section ${heading}`);
  return text;
}

/** The rows of the tables in a text, cell by cell, without the lines below the headings. */
export function rowsOf(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| "));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The names that begin what stands in backquotes: "set" and "url" of "`set({ … })`, `url`". */
export function namesIn(text = ""): string[] {
  return [...text.matchAll(/`(\w+)[^`]*`/g)].map(([, name = ""]) => name);
}

/** The rows whose first cell has such names: each name with the second cell. */
export function cellsByName(text: string): Record<string, string> {
  const named = rowsOf(text).flatMap(([first, second = ""]) => namesIn(first).map((name) => [name, second]));
  return Object.fromEntries(named);
}

/** The members of an interface, or the texts of a union, as a source file declares them. */
export function declaredIn(file: string, name: string): string[] {
  const source = readFileSync(`${ROOT}src/${file}`, "utf8");
  const [, members, values = ""] =
    new RegExp(`\\b(?:interface ${name} \\{([\\s\\S]*?)\n\\}|${name}\\b[^;=]* =([^;]*);)`).exec(source) ?? [];
  const found =
    members === undefined
      ? values.matchAll(/"(\w+)"/g)
      : members.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm);
  const names = [...found].map(([, declared = ""]) => declared);
  if (names.length === 0) throw new Error(`src/${file} has no ${name}`);
  return names.sort();
}
