import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import type { RoomTokenSession } from "../../src/session/index.ts";
import { complaints } from "./compile.ts";
import { FOLDER, fileOf, ROOT, type Snippet, snippets, withUse, writeSnippets } from "./snippets.ts";

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const sandbox = new StandIn({ apiKey: "KEY-CANARY", roomIds: [ROOM_ID] });
let files: string[];

beforeAll(() => {
  files = writeSnippets();
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Telnyx as the snippets find it: the default address answered by the sandbox. */
function useSandbox(): void {
  vi.stubEnv("TELNYX_API_KEY", sandbox.apiKey);
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    if (!url.startsWith("https://api.telnyx.com/v2/")) throw new Error(`unexpected URL ${url}`);
    return sandbox.fetch(url, init);
  });
}

function load(snippet: Snippet): Promise<Record<string, unknown>> {
  return import(pathToFileURL(fileOf(snippet)).href);
}

/** The words that say how a snippet is tested. */
const USES = /^(?:run|page|lobby|login|reconnect|compiled|bot|pool|proxy|require|(?:file|recipe)=\S+)$/;

test("every snippet that is code says how it is tested", () => {
  const code = snippets.filter(({ language }) =>
    ["ts", "tsx", "js", "jsx", "html", "json"].includes(language),
  );
  expect(code.length).toBeGreaterThan(10);
  expect(code.filter(({ use }) => !USES.test(use))).toEqual([]);
});

test("every TypeScript snippet compiles in strict mode, as it stands", () => {
  const { config } = ts.readConfigFile(`${ROOT}test/tsconfig.json`, ts.sys.readFile);
  const noUnusedLocals = false; // a snippet may end before it uses what it makes
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files },
    ts.sys,
    `${ROOT}test`,
    { noUnusedLocals },
  );
  expect(files.length).toBeGreaterThan(5);
  expect(complaints(files, options)).toEqual([]);
});

test.each(withUse("run"))("%s runs and gets what it asks for", async (_, snippet) => {
  useSandbox();
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const before = sandbox.exchanges.length;
  await load(snippet);
  expect(log.mock.calls.length > 0).toBe(snippet.code.includes("console.log("));
  log.mockRestore();
  const seen = sandbox.exchanges.slice(before);
  expect(seen.map(({ path }) => path.split("/").at(-1))).toEqual(
    [...snippet.code.matchAll(/await roomTokens\.(create|refresh)\(/g)].map(([, method]) =>
      method === "create" ? "generate_join_client_token" : "refresh_client_token",
    ),
  );
  expect(seen.length).toBeGreaterThan(0);
});

test.each(withUse("bot"))("%s renews at Telnyx itself, without a key", async (_, snippet) => {
  useSandbox();
  const { RoomTokenClient } = await import("telnyx-room-tokens");
  const grant = await new RoomTokenClient().create(ROOM_ID);
  const { keepToken } = (await load(snippet)) as {
    keepToken: (roomId: string, given: typeof grant) => RoomTokenSession;
  };
  const before = sandbox.exchanges.length;
  const session = keepToken(ROOM_ID, grant);
  const token = await session.getToken({ forceRefresh: true });
  session.close();
  expect(token).not.toBe(grant.token);
  expect(sandbox.accepts(token)).toBe(true);
  const [request, ...more] = sandbox.exchanges.slice(before);
  expect(more).toEqual([]);
  expect(request?.path).toContain("refresh_client_token");
  expect(request?.headers).not.toHaveProperty("authorization");
});

const quoted = snippets.filter(({ use }) => use.startsWith("file="));

test.each(quoted.map((snippet) => [snippet.path, snippet.use, snippet.code]))(
  "%s quotes %s word for word",
  (_, use = "", code = "") => {
    const source = readFileSync(join(ROOT, use.slice("file=".length)), "utf8");
    // A part of a file may be quoted without its indentation.
    const plain = (text: string) => text.replace(/^ +/gm, "").trim();
    expect(plain(source)).toContain(plain(code));
    expect(plain(code)).not.toBe("");
  },
);

test("the documents quote files of the tests and of the examples", () => {
  expect(quoted.length).toBeGreaterThan(2);
});
