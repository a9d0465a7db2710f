import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { describeBackEnd, describeRequestBody, describeUnfilled, type Start } from "../../back-ends/cases.ts";
import { startProgram } from "../../back-ends/program.ts";
import { makeProject } from "../../back-ends/project.ts";
import { fillIn, lastCell, recipe, replaceOnce } from "../../back-ends/recipes.ts";
import type { Command } from "../runtimes.ts";

/** A project with the packed tarball and nothing else, for the tests of a file. */
export function useProject(...packages: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
  beforeAll(() => makeProject(dir, join(import.meta.dirname, ".."), ["telnyx-room-tokens", ...packages]));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * The tests of the fetch-style recipe with the row of a runtime at its end.
 *
 * @param project Where the recipe is written to.
 * @param command What runs a file that is named after it.
 */
export function describeFetchStyle(
  title: string,
  project: string,
  command: Command,
  env: Readonly<Record<string, string>> = {},
): void {
  const code = `${recipe("fetch").code}\n${lastCell(title)}\n`;
  const filledIn = fillIn(code, 'request.headers.get("cookie")');
  const options = lastCell("Next.js and the fetch-style one");
  const withBody = replaceOnce(filledIn, "(roomTokens, roomId)", `(roomTokens, roomId, ${options})`);

  const starter = (variant: string, text: string): Start => {
    const file = join(project, `${variant}.ts`);
    return (telnyx) =>
      startProgram((port) => {
        writeFileSync(file, replaceOnce(text, "3000", String(port)));
        return { command: [...command, file], cwd: project, env: { ...env, ...telnyx } };
      });
  };
  describeUnfilled(title, starter("unfilled", code));
  describeBackEnd(title, starter("filled-in", filledIn));
  describeRequestBody(title, starter("request-body", withBody));
}
