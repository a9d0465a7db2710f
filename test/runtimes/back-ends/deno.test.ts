import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lastCell, recipe } from "../../back-ends/recipes.ts";
import { DENO } from "../runtimes.ts";
import { describeFetchStyle, useProject } from "./fetch-style.ts";

const QUIET = { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
const project = useProject();

test("Deno: it compiles with Deno's own types", () => {
  const file = join(project, "check.ts");
  writeFileSync(file, `${recipe("fetch").code}\n${lastCell("Deno")}\n`);
  const [node, deno] = DENO;
  const env = { ...process.env, ...QUIET };
  expect(() => execFileSync(node, [deno, "check", file], { env, stdio: "pipe" })).not.toThrow();
});

describeFetchStyle("Deno", project, [...DENO, "run", "--allow-net", "--allow-env"], QUIET);
