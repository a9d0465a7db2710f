import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../../scripts/spec/files.ts";
import { runScript } from "../run-script.ts";
import { copyOfContract } from "./copy.ts";

const SCRIPTS = {
  generate: "echo nothing matches && exit 1",
  lint: "exit 0",
  typecheck: "echo 'src/x.ts(1,1): error TS1' && exit 2",
};
const TESTS = {
  "lock.test.ts": 'expect("a\\nwhole document", "It changed. Decide: what?").toBe("another");',
  "other.test.ts": 'throw new Error("first line\\nsecond line");',
  "broken.test.ts": "}); import {",
};

it("runs every check though an earlier one failed, and tells what to decide before what fails", async () => {
  const root = await copyOfContract();
  await writeFile(join(root, "package.json"), JSON.stringify({ type: "module", scripts: SCRIPTS }));
  await mkdir(join(root, "test/spec"), { recursive: true });
  for (const [name, body] of Object.entries(TESTS)) {
    const text = `import { expect, it } from "vitest";\nit("holds", () => { ${body} });\n`;
    await writeFile(join(root, "test/spec", name), text);
  }
  const { exitCode, stdout } = await runScript({ root }, "spec-check.ts");
  expect(exitCode).toBe(1);
  const [head, fails = "", touch] = stdout.split("\n\n### ");
  expect(head).toBe("### What there is to decide\n\n- It changed. Decide: what?");
  const lines = fails.split("\n").filter((line) => line !== "");
  expect(lines.sort()).toEqual([
    "  - `nothing matches`",
    "  - `src/x.ts(1,1): error TS1`",
    "- `npm run generate` fails:",
    "- `npm run typecheck` fails:",
    expect.stringMatching(/^- test\/spec\/broken\.test\.ts: cannot be loaded: `.+`$/),
    "- test/spec/lock.test.ts: holds: `It changed. Decide: what?`",
    "- test/spec/other.test.ts: holds: `first line`",
    "What fails",
  ]);
  expect(touch).toMatch(/^What to touch\n\n1\. [\s\S]*CHANGELOG\.md.*\n$/);
});

it("says so where every check passes", async () => {
  const bin = await mkdtemp(join(tmpdir(), "bin-"));
  onTestFinished(() => rm(bin, { recursive: true }));
  await writeFile(join(bin, "npm"), "#!/bin/sh\n", { mode: 0o755 });
  await writeFile(join(bin, "npx"), `#!/bin/sh\necho '{"testResults": []}' > "\${4#*=}"\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: [bin, process.env["PATH"]].join(delimiter) };
  const { exitCode, stdout } = await runScript({ root: ROOT, env }, "spec-check.ts");
  expect(stdout).toMatch(/^Every check passes\.\n/);
  expect(exitCode).toBe(0);
});
