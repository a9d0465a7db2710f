import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyRepository, ROOT, run, serve } from "./clone.ts";
import { commandsIn, documentedCommands } from "./documents.ts";

let clone: string;
/** An empty project, which is not inside the clone. */
let project: string;

/** Uses what a command serves at the URL that it prints; after Ctrl+C nothing is served there. */
async function whileServing(command: string, printed: RegExp, use: (url: string) => Promise<void>) {
  const server = await serve(command, clone, printed);
  const [, url = ""] = printed.exec(server.output) ?? [];
  await use(url);
  await server.stop();
  await expect(fetch(url)).rejects.toThrow();
}

/** The commands that are run here, each with the check that it works. */
const RUN: Readonly<Record<string, () => void | Promise<void>>> = {
  "npm run build": () => void run("npm run build", clone),
  "npm run generate": () => void run("npm run generate", clone),
  "npm run generate -- --check": () => void run("npm run generate -- --check", clone),

  "npm run demo": () => expect(run("npm run demo", clone)).toMatch(/response +201/),

  "npm run example": () =>
    whileServing("npm run example", /(http:\S+)[\s\S]*Ctrl\+C/, async (url) => {
      const page = await (await fetch(url)).text();
      const links = [...page.matchAll(/(?:href="|src="|: ")(\/[^"]+\.\w+)"/g)].map(([, link = ""]) => link);
      expect(links).toEqual(expect.arrayContaining(["/page.css", "/page.js", "/lib/dist/session.js"]));
      for (const link of links) expect((await fetch(new URL(link, url))).status, link).toBe(200);
      const { roomId } = await (await fetch(`${url}settings`)).json();
      const headers = { cookie: "login=ann" };
      const answer = await fetch(`${url}rooms/${roomId}/token`, { method: "POST", headers });
      expect(await answer.json()).toMatchObject({ token: expect.any(String) });
    }),

  "npm run sandbox": () =>
    whileServing("npm run sandbox", /(http:\S+\/token)\n[\s\S]*Ctrl\+C ends it/, async (url) => {
      expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(201);
    }),

  // A free port: the one that Prism takes by itself may be in use on this machine.
  "npm run mock": () =>
    whileServing("npm run mock -- -p 0", /Prism is listening on (http:\S+:\d+)/, async (url) => {
      const create = `${url}/rooms/0ccc7b54-4df3-4bca-a65a-3da1ecc777f0/actions/generate_join_client_token`;
      const headers = { Authorization: "Bearer KEY", "Content-Type": "application/json" };
      expect((await fetch(create, { method: "POST", headers, body: "{}" })).status).toBe(201);
    }),

  "npm install telnyx-room-tokens": () => {
    run("npm pack", clone);
    const [tarball = ""] = readdirSync(clone).filter((name) => name.endsWith(".tgz"));
    // Its tarball in the place of its name, which may not be published yet.
    run(`npm install "${join(clone, tarball)}"`, project);
    const script = [
      'import { RoomTokenClient } from "telnyx-room-tokens";',
      'import { RoomTokenSession } from "telnyx-room-tokens/session";',
      "console.log(typeof RoomTokenClient, typeof RoomTokenSession);",
    ];
    writeFileSync(join(project, "use.mjs"), script.join("\n"));
    expect(run("node use.mjs", project)).toBe("function function\n");
  },
};

/** Every other command of the documents, with the reason why it is not run here. */
const NOT_RUN: readonly (readonly [commands: RegExp, reason: string])[] = [
  [/^npm ci$/, "is run before all tests"],
  [/^(npm ci && )?npm test$/, "a suite, which .ci/run runs itself"],
  [
    /^npm run (test:(?!watch)[\w-]+|bench)( -- --\w+)?$/,
    "a suite, which .ci/run or the weekly workflow runs",
  ],
  [/^\.ci\/run$/, "runs this suite"],
  [/^npm run test:watch -- /, "wants a terminal; npm test runs the same file"],
  [/^npm run api$/, "rewrites the report that npm test holds the code to"],
  [/^npm run spec:check$/, "runs what npm test runs; test/spec/spec-check.test.ts runs it"],
  [/^npm run spec:pull( -- <file or URL>)?$/, "needs the document that Telnyx publishes"],
  [/^npm run demo -- --live$/, "needs a key of Telnyx"],
  [/^npm run sandbox -- --port 8080$/, "the port may be in use; it is run without"],
  [/^npx telnyx-room-tokens sandbox( --port 4555)?$/, "test/package runs it, on a free port"],
  [/^npx biome check --write \.$/, "changes files; npm test checks what it would change"],
  [/^npx @stoplight\/prism-cli@/, "needs the published package; test/contract starts the same mock"],
  [/^npm audit$/, "asks the registry; ci.yml runs it"],
  [/^npm (version|view|publish) /, "a step of a release"],
  [/^npm install undici$/, "test/frameworks/proxy.test.ts uses it"],
  [/^npm install @telnyx\/video$/, "a package of Telnyx; test:room bundles it"],
  [/^node --experimental-vm-modules$/, "test:frameworks runs Jest with it"],
  [/^node start\.mjs$/, "test/readme runs the snippet itself"],
  [/^git restore openapi generated$/, "undoes a pull"],
  [/^export TELNYX_BASE_URL=/, "sets variables for the next command"],
  [/^curl -X POST https:\/\/api\.telnyx\.com/, "needs a key of Telnyx"],
];

describe("after npm ci and nothing else", () => {
  beforeAll(() => {
    clone = copyRepository();
    project = mkdtempSync(join(tmpdir(), "empty-project-"));
    run("npm ci", clone);
  });
  afterAll(() => {
    for (const folder of [clone, project]) rmSync(folder, { recursive: true, force: true });
  });
  // So that no command depends on what another one has built.
  beforeEach(() => rmSync(join(clone, "dist"), { recursive: true, force: true }));

  test.each(Object.entries(RUN))("%s works", (_, command) => command());
});

describe("the commands of the documents", () => {
  const documented = [...documentedCommands(ROOT)];
  // What the readers of the recipes type; test/back-ends follows them.
  const recipes = commandsIn(readFileSync(join(ROOT, "docs/back-ends.md"), "utf8"));

  test("are each run here, or not run for a reason", () => {
    const isKnown = (command: string) =>
      recipes.includes(command) || NOT_RUN.some(([commands]) => commands.test(command));
    const rest = documented.filter((command) => command in RUN || !isKnown(command));
    expect(rest.sort()).toEqual(Object.keys(RUN).sort());
  });

  test.each(NOT_RUN)("contain what %s names", (commands) => {
    expect(documented.filter((command) => commands.test(command))).not.toEqual([]);
  });

  test("are found in blocks of shell, in lines, and in the arguments that a line adds", () => {
    const text = [
      ...["```sh", "npm ci && npm run one", "# a comment", "curl -X POST \\", "  http://127.0.0.1/", "```"],
      ...["```ts", "const text = `npm run two`;", "```"],
      "`npm run three`, with `-- --four`, in `node16`; `-- --five`",
    ].join("\n");
    const found = ["npm ci", "npm run one", "curl -X POST http://127.0.0.1/", "npm run three"];
    expect(commandsIn(text)).toEqual([...found, "npm run three -- --four", "npm run three -- --five"]);
  });
});
