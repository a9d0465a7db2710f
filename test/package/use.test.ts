import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { withUse } from "../readme/snippets.ts";

const project = inject("project");

const MAIN = ["RoomTokenClient", "RoomTokenError", "createTokenResponse", "isRoomTokenError"];
const SANDBOX = ["startSandbox"];
const SESSION = ["RoomTokenError", "RoomTokenSession", "isRoomTokenError", "stayInRoom"];

/** Runs a program in the empty project, and gives what it prints, parsed. */
function run(name: string, source: string, ...flags: string[]): unknown {
  writeFileSync(join(project, name), source);
  const output = execFileSync(process.execPath, ["--no-warnings", ...flags, name], {
    cwd: project,
    encoding: "utf8",
  });
  return JSON.parse(output);
}

test("every entry is imported, with its exports and no others, whose classes keep their names", () => {
  const [exports, names] = run(
    "import.js",
    `import * as main from "telnyx-room-tokens";
     import * as session from "telnyx-room-tokens/session";
     import * as sandbox from "telnyx-room-tokens/sandbox";
     const entries = [main, session, sandbox];
     const names = entries.map((entry) => Object.values(entry).map(({ name }) => name));
     console.log(JSON.stringify([entries.map((entry) => Object.keys(entry)), names]));`,
  ) as unknown[];
  expect(exports).toEqual([MAIN, SESSION, SANDBOX]);
  expect(names).toEqual([MAIN, SESSION, SANDBOX]);
});

test("every entry is required from CommonJS", () => {
  const exports = run(
    "require.cjs",
    `const entries = ["", "/session", "/sandbox"].map((entry) => require("telnyx-room-tokens" + entry));
     console.log(JSON.stringify(entries.map((entry) => Object.keys(entry).sort())));`,
  );
  expect(exports).toEqual([MAIN, SESSION, SANDBOX]);
});

test.each(withUse("require"))("%s requires classes", (_, { code }) => {
  const kinds = run(
    "document.cjs",
    `${code}\nconsole.log(JSON.stringify([RoomTokenClient, RoomTokenSession].map((value) => typeof value)));`,
  );
  expect(kinds).toEqual(["function", "function"]);
});

test("all entries throw errors of one and the same class", () => {
  const same = run(
    "same.js",
    `import * as main from "telnyx-room-tokens";
     import * as session from "telnyx-room-tokens/session";
     import { startSandbox } from "telnyx-room-tokens/sandbox";
     const error = await startSandbox({ port: -1 }).catch((thrown) => thrown);
     console.log(error instanceof main.RoomTokenError && main.RoomTokenError === session.RoomTokenError);`,
  );
  expect(same).toBe(true);
});

test.each([
  ["telnyx-room-tokens", "RoomTokenClient"],
  ["telnyx-room-tokens/session", "RoomTokenSession"],
])("with source maps, a stack trace through %s leads to its sources", (entry, name) => {
  const stack = run(
    "trace.js",
    `import { ${name} } from "${entry}";
     try { new ${name}({ timeoutMs: -1 }); } catch (error) { console.log(JSON.stringify(error.stack)); }`,
    "--enable-source-maps",
  );
  const frames = String(stack)
    .split("\n")
    .filter((line) => line.includes("node_modules"));
  const [, file = "", line = 0] = /(?:file:\/\/)?([^\s(]+\.ts):(\d+)/.exec(frames[0] ?? "") ?? [];
  expect(readFileSync(file, "utf8").split("\n")[Number(line) - 1]).toContain("new RoomTokenError(");
  expect(frames.filter((frame) => !/telnyx-room-tokens[\\/]src[\\/]/.test(frame))).toEqual([]);
});

test("importing both entries changes no global, opens nothing and does not load the runtime's fetch", () => {
  const seen = run(
    "quiet.js",
    `for (const name of ["fetch", "Request", "Response", "Headers"])
       Object.defineProperty(globalThis, name, { get() { throw new Error(name + " was touched"); } });
     const before = Object.getOwnPropertyNames(globalThis).length;
     await import("telnyx-room-tokens");
     await import("telnyx-room-tokens/session");
     const added = Object.getOwnPropertyNames(globalThis).length - before;
     const opened = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|TCP|UDP|Port/.test(name));
     console.log(JSON.stringify({ added, opened }));`,
    "--frozen-intrinsics",
  );
  expect(seen).toEqual({ added: 0, opened: [] });
});

test("the fragment is reachable for a mock of the user's own", () => {
  const path = run(
    "fragment.js",
    `console.log(JSON.stringify(import.meta.resolve("telnyx-room-tokens/openapi/rooms-client-tokens.yaml")));`,
  );
  expect(path).toMatch(/\/node_modules\/telnyx-room-tokens\/openapi\/rooms-client-tokens\.yaml$/);
});
