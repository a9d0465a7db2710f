import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/spec/files.ts";
import { runScript } from "../run-script.ts";
import { copyOfContract } from "./copy.ts";

/** A copy whose lint and type check do this, and whose tests are these. */
async function copyWith(scripts: object, tests: Readonly<Record<string, string>>): Promise<string> {
  const root = await copyOfContract();
  const own = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const all = { ...own.scripts, lint: "exit 0", typecheck: "exit 0", ...scripts };
  await writeFile(join(root, "package.json"), JSON.stringify({ ...own, scripts: all }));
  await mkdir(join(root, "test/spec"), { recursive: true });
  for (const [name, body] of Object.entries(tests)) {
    const text = `import { expect, it } from "vitest";\nit("holds", () => { ${body} });\n`;
    await writeFile(join(root, "test/spec", name), text);
  }
  return root;
}

it("runs every check though an earlier one failed, and tells what to decide before what fails", async () => {
  const root = await copyWith(
    { lint: "echo a lint error && exit 1", typecheck: "echo 'src/x.ts(1,1): error TS1' && exit 2" },
    {
      "lock.test.ts": 'expect("a\\nwhole document", "It changed. Decide: what?").toBe("another");',
      "other.test.ts": 'throw new Error("first line\\nsecond line");',
      "broken.test.ts": "}); import {",
    },
  );
  await writeFile(join(root, "openapi/upstream.json"), "{}");
  const { exitCode, stdout } = await runScript({ root }, "spec-check.ts");
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^### What there is to decide\n\n- It changed\. Decide: what\?\n\n### What fails\n\n/,
  );
  expect(stdout).toMatch(/- `npm run generate` fails:\n {2}- `overlay action \d+ ".*matches nothing`\n/);
  expect(stdout).toContain("- `npm run lint` fails:\n  - `a lint error`\n");
  expect(stdout).toContain("- `npm run typecheck` fails:\n  - `src/x.ts(1,1): error TS1`\n");
  expect(stdout).toContain("- test/spec/lock.test.ts: holds: `It changed. Decide: what?`\n");
  expect(stdout).toContain("- test/spec/other.test.ts: holds: `first line`\n");
  expect(stdout).toMatch(/- test\/spec\/broken\.test\.ts: cannot be loaded: `.+`\n/);
  expect(stdout).not.toMatch(/whole document|second line/);
  expect(stdout).toMatch(/\n### What to touch\n\n1\. [\s\S]*CHANGELOG\.md.*\n$/);
});

it("says so where every check passes", async () => {
  const { exitCode, stdout } = await runScript(
    { root: await copyWith({}, { "a.test.ts": "expect(1).toBe(1);" }) },
    "spec-check.ts",
  );
  expect(stdout).toMatch(/^Every check passes\.\n/);
  expect(exitCode).toBe(0);
});
