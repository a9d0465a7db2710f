import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { withUse } from "../readme/snippets.ts";

const project = inject("project");
const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";

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

test("every entry is imported, with its exports and no others", () => {
  const exports = run(
    "import.js",
    `import * as main from "telnyx-room-tokens";
     import * as session from "telnyx-room-tokens/session";
     import * as sandbox from "telnyx-room-tokens/sandbox";
     console.log(JSON.stringify([main, session, sandbox].map((entry) => Object.keys(entry))));`,
  );
  expect(exports).toEqual([MAIN, SESSION, SANDBOX]);
});

test("the classes still have their names after the build", () => {
  const names = run(
    "names.js",
    `import * as main from "telnyx-room-tokens";
     import * as session from "telnyx-room-tokens/session";
     console.log(JSON.stringify([main, session].map((entry) => Object.values(entry).map(({ name }) => name))));`,
  );
  expect(names).toEqual([MAIN, SESSION]);
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

test("both entries throw errors of one and the same class", () => {
  const same = run(
    "same.js",
    `import * as main from "telnyx-room-tokens";
     import * as session from "telnyx-room-tokens/session";
     console.log(main.RoomTokenError === session.RoomTokenError);`,
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

test("the installed client sends a request and reads the answer", () => {
  const result = run(
    "call.js",
    `import { RoomTokenClient } from "telnyx-room-tokens";
     const fetch = async (url, init) => Response.json(
       { data: { token: url + init.body, token_expires_at: "2026-11-22T10:10:00Z" } }, { status: 201 });
     const tokens = new RoomTokenClient({ apiKey: null, fetch, baseUrl: "http://127.0.0.1:1" });
     console.log(JSON.stringify(await tokens.refresh("${ROOM_ID}", { refreshToken: "r" })));`,
  );
  expect(result).toEqual({
    token: `http://127.0.0.1:1/rooms/${ROOM_ID}/actions/refresh_client_token{"refresh_token":"r"}`,
    tokenExpiresAt: "2026-11-22T10:10:00.000Z",
  });
});

test("the fragment is reachable for a mock of the user's own", () => {
  const path = run(
    "fragment.js",
    `console.log(JSON.stringify(import.meta.resolve("telnyx-room-tokens/openapi/rooms-client-tokens.yaml")));`,
  );
  expect(path).toMatch(/\/node_modules\/telnyx-room-tokens\/openapi\/rooms-client-tokens\.yaml$/);
});
