import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { client, ROOM_ID } from "./calls.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FRAGMENT = "openapi/rooms-client-tokens.yaml";

/** The words of the command in docs/testing.md that follow the program, with the fragment of this repository. */
function documentedArgs(): string[] {
  const text = readFileSync(join(root, "docs/testing.md"), "utf8");
  const [, args = ""] = /^npx @stoplight\/prism-cli@\S+ (mock .+)$/m.exec(text) ?? [];
  return args.replace(`node_modules/telnyx-room-tokens/${FRAGMENT}`, FRAGMENT).split(" ");
}

let url = "";
let stop = async () => {};

/** Starts the mock as node: npx itself would stand between us and the process to end. */
beforeAll(async () => {
  const manifest = createRequire(import.meta.url).resolve("@stoplight/prism-cli/package.json");
  const program = join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.prism);
  const child = spawn(process.execPath, [program, ...documentedArgs(), "-p", "0"], { cwd: root });
  const exited = once(child, "exit");
  stop = async () => {
    child.kill();
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    url = /Prism is listening on (http:\S+:\d+)/.exec(line)?.[1] ?? "";
    if (url !== "") break;
  }
  child.stdout.resume();
});
afterAll(() => stop());

it("the documented mock answers our client, with any key and dates in the past", async () => {
  const grant = await client(url, undefined, "KEY_any").create(ROOM_ID);
  expect(grant.refreshTokenExpiresAt.getTime()).toBeGreaterThan(grant.tokenExpiresAt.getTime());
  expect(grant.refreshTokenExpiresAt.getTime()).toBeLessThan(Date.now());
});

it("its base URL has no /v2", async () => {
  await expect(client(`${url}/v2`).create(ROOM_ID)).rejects.toMatchObject({ code: "not_found" });
});

it("npm run mock is the same command, on loopback", () => {
  const words = packageJson.scripts.mock.replace(" -h 127.0.0.1", "").split(" ");
  expect(words).toEqual(["prism", ...documentedArgs()]);
});
