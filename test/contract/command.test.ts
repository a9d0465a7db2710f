import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { client, ROOM_ID } from "./calls.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm run mock` runs, as arguments for node: npm itself would stand between us and the process to end. */
function mockCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [bin, ...args] = scripts.mock.split(" ");
  const manifest = createRequire(import.meta.url).resolve("@stoplight/prism-cli/package.json");
  return [join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin[bin]), ...args];
}

it("npm run mock starts Prism's CLI on the fragment, and it answers our client", async () => {
  const child = spawn(process.execPath, [...mockCommand(), "-p", "0"], { cwd: root });
  const exited = once(child, "exit");
  try {
    let output = "";
    for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
      output += chunk;
      if (/Prism is listening on \S+:\d+/.test(output)) break;
    }
    child.stdout.resume();
    const url = /Prism is listening on (http:\S+:\d+)/.exec(output)?.[1] ?? output;
    const grant = await client(url).create(ROOM_ID);
    expect(grant.refreshTokenExpiresAt.getTime()).toBeGreaterThan(grant.tokenExpiresAt.getTime());
  } finally {
    child.kill();
    await exited;
  }
});
