import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lastCell, recipe } from "../../back-ends/recipes.ts";
import { describeFetchStyle, MODULES, useProject } from "./fetch-style.ts";

const DENO = [process.execPath, join(MODULES, "deno/bin.cjs")] as const;
const QUIET = { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };

const project = useProject();

test("Deno: it compiles with Deno's own types", () => {
  const file = join(project, "check.ts");
  writeFileSync(file, `${recipe("fetch").code}\n${lastCell("Deno")}\n`);
  const [node, deno] = DENO;
  const check = () =>
    execFileSync(node, [deno, "check", file], { env: { ...process.env, ...QUIET }, stdio: "pipe" });
  expect(check).not.toThrow();
});

describeFetchStyle("Deno", project, [...DENO, "run", "--allow-net", "--allow-env"], QUIET);
