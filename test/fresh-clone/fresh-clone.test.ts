import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyRepository, endAll, ROOT, run, serve } from "./clone.ts";
import { commandsIn, documentedCommands } from "./documents.ts";
import { loadPage } from "./page.ts";

let clone: string;
/** An empty project, which is not inside the clone. */
let project: string;

beforeAll(async () => {
  clone = copyRepository();
  project = mkdtempSync(join(tmpdir(), "empty-project-"));
  await run("npm ci", clone);
});
afterAll(() => {
  endAll();
  for (const folder of [clone, project]) rmSync(folder, { recursive: true, force: true });
});

/** The commands that are run here, each with the check that it works. */
const RUN: Readonly<Record<string, () => Promise<void>>> = {
  "npm ci": async () => {
    expect(existsSync(join(clone, "node_modules"))).toBe(true);
  },

  "npm run demo": async () => {
    expect(await run("npm run demo", clone)).toMatch(/response +201/);
  },

  "npm run example": async () => {
    const example = await serve("npm run example", clone, /Ctrl\+C/);
    const url = /http:\S+/.exec(example.output)?.[0] ?? "";
    expect(await loadPage(url)).toEqual(
      expect.arrayContaining(["/", "/page.css", "/page.js", expect.stringMatching(/^\/lib\/dist\/.*\.js$/)]),
    );
    const { roomId } = await (await fetch(`${url}settings`)).json();
    const headers = { cookie: "login=ann" };
    const answer = await fetch(`${url}rooms/${roomId}/token`, { method: "POST", headers });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ token: expect.any(String) });
    await example.stop();
    await expect(fetch(url)).rejects.toThrow();
  },

  "npm run sandbox": async () => {
    const sandbox = await serve("npm run sandbox", clone, /Ctrl\+C ends it/);
    const [url = ""] = /http:\S+\/token$/m.exec(sandbox.output) ?? [];
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(201);
    await sandbox.stop();
    await expect(fetch(url)).rejects.toThrow();
  },

  "npm run mock": async () => {
    // A free port: the one that Prism takes by itself may be in use on this machine.
    const mock = await serve("npm run mock -- -p 0", clone, /Prism is listening on http:\S+:\d+/);
    const [, url = ""] = /listening on (http:\S+:\d+)/.exec(mock.output) ?? [];
    const create = `${url}/rooms/0ccc7b54-4df3-4bca-a65a-3da1ecc777f0/actions/generate_join_client_token`;
    const headers = { Authorization: "Bearer KEY", "Content-Type": "application/json" };
    expect((await fetch(create, { method: "POST", headers, body: "{}" })).status).toBe(201);
    expect((await fetch(create, { method: "POST" })).status).toBe(401);
    await mock.stop();
    await expect(fetch(url)).rejects.toThrow();
  },

  "npm run build": async () => {
    await run("npm run build", clone);
    expect(existsSync(join(clone, "dist"))).toBe(true);
  },

  "npm run generate -- --check": async () => {
    await run("npm run generate -- --check", clone);
  },

  "npm run generate": async () => {
    await run("npm run generate", clone);
    await run("npm run generate -- --check", clone);
  },

  "npm install telnyx-room-tokens": async () => {
    await run("npm pack", clone);
    const [tarball = ""] = readdirSync(clone).filter((name) => name.endsWith(".tgz"));
    // Its tarball in the place of its name, which may not be published yet.
    await run(`npm install "${join(clone, tarball)}"`, project);
    const script = [
      'import { RoomTokenClient } from "telnyx-room-tokens";',
      'import { RoomTokenSession } from "telnyx-room-tokens/session";',
      "console.log(typeof RoomTokenClient, typeof RoomTokenSession);",
    ];
    writeFileSync(join(project, "use.mjs"), script.join("\n"));
    expect(await run("node use.mjs", project)).toBe("function function\n");
  },
};

const SUITE = "a suite, which .ci/run runs itself";
const WEEKLY = "takes long; the weekly workflow runs it";

/** What the readers of the recipes for back ends type. */
const RECIPES = commandsIn(readFileSync(join(ROOT, "docs/back-ends.md"), "utf8")).filter(
  (command) => !(command in RUN),
);

/** Every other command of the documents, with the reason why it is not run here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "npm test": SUITE,
  "npm ci && npm test": SUITE,
  "npm audit": "asks the registry; ci.yml runs it",
  "npm install undici": "test/frameworks/proxy.test.ts uses it",
  "npx biome check --write .": "changes files; npm test checks what it would change",
  "git restore openapi generated": "undoes a pull",
  "npx telnyx-room-tokens sandbox --port 4555": "the port may be in use; test/package runs it on a free one",
  "npm run test:package": SUITE,
  "npm run test:runtimes": SUITE,
  "npm run test:browsers": SUITE,
  "npm run test:example": SUITE,
  "npm run test:frameworks": SUITE,
  "npm run test:room": SUITE,
  "npm run test:fresh-clone": "this suite",
  "npm run test:backends": SUITE,
  ...Object.fromEntries(RECIPES.map((command) => [command, "test/back-ends follows the recipes"])),
  "npm run test:soak": SUITE,
  "npm run test:deep": SUITE,
  "npm run bench": "takes long; .ci/run runs the short form",
  "npm run bench -- --smoke": SUITE,
  "npm run bench -- --check": SUITE,
  ".ci/run": "runs this suite",
  "npm version <version> --no-git-tag-version": "a step of a release",
  "npm view telnyx-room-tokens": "a step of the first release, which asks the registry",
  "npm publish --access public": "a step of the first release",
  "npm run test:mutation": WEEKLY,
  "npm run spec:check": "runs what npm test runs; test/spec/spec-check.test.ts runs it",
  "npm run test:watch -- test/unit/retry.test.ts": "wants a terminal; npm test runs the same file",
  "npm run api": "rewrites the report that npm test holds the code to",
  "npm run sandbox -- --port 8080": "the port may be in use; it is run without",
  "npx telnyx-room-tokens sandbox": "test:package runs it from the tarball",
  "export TELNYX_BASE_URL=http://127.0.0.1:4010 TELNYX_API_KEY=KEY_any":
    "sets variables for the next command",
  "node --experimental-vm-modules": "test:frameworks runs Jest with it",
  "npm install @telnyx/video": "a package of Telnyx; test:room bundles it",
  "node start.mjs": "test/readme runs the snippet itself",
  'curl -X POST https://api.telnyx.com/v2/rooms -H "Authorization: Bearer $TELNYX_API_KEY"':
    "needs a key of Telnyx",
  "npm run demo -- --live": "needs a key of Telnyx",
  "npm run spec:pull": "needs the document that Telnyx publishes",
  "npm run spec:pull -- <file or URL>": "needs the document that Telnyx publishes",
  "npx @stoplight/prism-cli@5.14.2 mock node_modules/telnyx-room-tokens/openapi/rooms-client-tokens.yaml":
    "needs the published package; test/contract starts the same mock",
};

describe("after npm ci and nothing else", () => {
  // So that no command depends on what another one has built.
  beforeEach(() => rmSync(join(clone, "dist"), { recursive: true, force: true }));

  test.each(Object.entries(RUN))("%s works", (_, command) => command());
});

describe("the commands of the documents", () => {
  test("are each run here, or not run for a reason", () => {
    const known = new Set([...Object.keys(RUN), ...Object.keys(NOT_RUN)]);
    const unknown = [...documentedCommands(ROOT)].filter(([command]) => !known.has(command));
    expect(unknown).toEqual([]);
  });

  test("are all that the two lists name", () => {
    const documented = documentedCommands(ROOT);
    expect(
      [...Object.keys(RUN), ...Object.keys(NOT_RUN)].filter((command) => !documented.has(command)),
    ).toEqual([]);
    expect(Object.keys(RUN).filter((command) => command in NOT_RUN)).toEqual([]);
  });

  test("are found in blocks of shell, in lines, and in the arguments that a line adds", () => {
    const text = [
      "```sh",
      "npm ci && npm run one",
      "# a comment",
      "curl -X POST \\",
      "  http://127.0.0.1/",
      "```",
      "```ts",
      "const text = `npm run two`;",
      "```",
      "`npm run three`, with `-- --four`, in `node16`; `-- --five`",
    ].join("\n");
    const found = ["npm ci", "npm run one", "curl -X POST http://127.0.0.1/", "npm run three"];
    expect(commandsIn(text)).toEqual([...found, "npm run three -- --four", "npm run three -- --five"]);
  });
});
