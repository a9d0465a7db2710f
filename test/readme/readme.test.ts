import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { DEFAULTS } from "../../src/options.ts";
import { Sandbox } from "../sandbox/index.ts";
import { FOLDER, fileOf, readme, type Snippet, snippets, writeSnippets } from "./snippets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const sandbox = new Sandbox({ apiKey: "KEY-CANARY", roomIds: [ROOM_ID] });
let files: string[];

beforeAll(() => {
  files = writeSnippets();
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

function withUse(use: string): [title: string, snippet: Snippet][] {
  const found = snippets.filter((snippet) => snippet.language === "ts" && snippet.use === use);
  if (found.length === 0) throw new Error(`the README has no snippet for ${use}`);
  return found.map((snippet) => [`line ${snippet.line}`, snippet]);
}

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

test("every TypeScript snippet compiles in strict mode, as it stands", () => {
  const base = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile).config.compilerOptions;
  const own = {
    noEmit: true,
    rootDir: ".",
    types: ["node"],
    isolatedDeclarations: false,
    noUnusedLocals: false,
    declaration: false,
  };
  const paths = {
    "telnyx-room-tokens": ["./src/index.ts"],
    "telnyx-room-tokens/session": ["./src/session/index.ts"],
  };
  const json = { ...base, ...own, declarationMap: false, paths };
  const { options } = ts.convertCompilerOptionsFromJson(json, ROOT);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
  expect(files.length).toBeGreaterThan(2);
  expect(diagnostics.map(({ messageText, file }) => [file?.fileName, messageText])).toEqual([]);
});

test.each(withUse("run"))("the snippet on %s runs and gets what it asks for", async (_, snippet) => {
  useSandbox();
  const before = sandbox.requests.length;
  await load(snippet);
  const seen = sandbox.requests.slice(before);
  expect(seen.map(({ path }) => path.split("/").at(-1))).toEqual(
    [...snippet.code.matchAll(/await roomTokens\.(create|refresh)\(/g)].map(([, method]) =>
      method === "create" ? "generate_join_client_token" : "refresh_client_token",
    ),
  );
  expect(seen.length).toBeGreaterThan(0);
});

test("the route gives a grant that is not cached to its own users, and nothing to others", async () => {
  useSandbox();
  const [[, snippet] = []] = withUse("route");
  if (snippet === undefined) throw new Error("the README has no route");
  const { POST } = (await load(snippet)) as { POST: (request: Request) => Promise<Response> };
  const ask = (roomId: string, cookie: string) =>
    POST(
      new Request("https://app.example/room-token", {
        method: "POST",
        headers: { cookie },
        body: JSON.stringify({ roomId }),
      }),
    );
  const good = await ask(ROOM_ID, "login=ann");
  expect(good.status).toBe(201);
  expect(good.headers.get("cache-control")).toBe("no-store");
  expect(sandbox.accepts((await good.json()).token, ROOM_ID)).toBe(true);
  expect((await ask(ROOM_ID, "")).status).toBe(403);
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  expect((await ask(ROOM_ID.replace("0ccc", "1ccc"), "login=ann")).status).toBe(404);
  expect(log).toHaveBeenCalledOnce();
  expect(log.mock.lastCall?.[0]).not.toContain("CANARY");
  log.mockRestore();
});

test("every npm command in the README is a script of the package", () => {
  const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
});

test(".ci/run runs every suite of the package but the weekly one", () => {
  const suites = Object.keys(packageJson.scripts).filter((name) => /^test:(?!watch$|mutation$)/.test(name));
  const ci = readFileSync(`${ROOT}test/ci.ts`, "utf8");
  expect(suites.length).toBeGreaterThan(5);
  expect(suites.filter((name) => !ci.includes(`script: "${name}"`))).toEqual([]);
});

test("every link to a file in the README leads somewhere", () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
});

function optionsOf(file: string, name: string): string[] {
  const source = readFileSync(`${ROOT}${file}`, "utf8");
  const [, declared = ""] = new RegExp(`interface ${name} \\{([\\s\\S]*?)\n\\}`).exec(source) ?? [];
  const names = [...declared.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, option = ""]) => option);
  if (names.length === 0) throw new Error(`${file} has no ${name}`);
  return names;
}

test("the option table names every option of the client with its default", () => {
  const rows = [...readme.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name, value]) => [name, value]);
  const table = Object.fromEntries(rows);
  expect(Object.keys(table)).toEqual(expect.arrayContaining(optionsOf("src/options.ts", "ClientOptions")));
  expect(table).toMatchObject({
    timeoutMs: String(DEFAULTS.timeoutMs),
    maxRetries: String(DEFAULTS.maxRetries),
    baseUrl: `\`TELNYX_BASE_URL\`, then \`${DEFAULTS.baseUrl}\``,
  });
});

test("the session's option table names every option of the session", () => {
  const table = readme.slice(readme.indexOf("## The page that stays"), readme.indexOf("## Coming from"));
  const cells = [...table.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell).join();
  const options = optionsOf("src/session/options.ts", "RoomTokenSessionOptions");
  expect(options.filter((option) => !cells.includes(`\`${option}\``))).toEqual([]);
});

test("the error table names every code", () => {
  const errors = readFileSync(`${ROOT}src/errors/room-token-error.ts`, "utf8");
  const union = /type RoomTokenErrorCode =([\s\S]*?);/.exec(errors)?.[1] ?? "";
  const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => `\`${code}\``);
  expect(codes).toHaveLength(17);
  const table = readme.slice(readme.indexOf("## Errors"), readme.indexOf("## Coming from"));
  expect(codes.filter((code) => !table.includes(code))).toEqual([]);
});
