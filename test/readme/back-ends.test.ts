import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { fillIn, lastCell, RECIPES, recipe } from "../back-ends/recipes.ts";
import { FOLDER, page, ROOT, snippets } from "./snippets.ts";

const code = RECIPES.filter(({ name }) => name !== "wrangler");

test.each(code)("the recipe $name has at most 25 lines, and no import that ends in .ts", ({ code }) => {
  expect(code.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
  expect(code).not.toMatch(/from "[^"]*\.ts"/);
});

test.each(code)("the recipe $name tells 401 from 403, and logs what went wrong", ({ code }) => {
  expect(code).toMatch(/401|UnauthorizedException\(/);
  expect(code).toMatch(/403|ForbiddenException\(/);
  expect(code).toContain("if (error) console.error(error.message);");
});

test("the README has the recipe for Express as back-ends.md has it", () => {
  const [quoted] = snippets.filter(({ path, use }) => path === "README.md" && use === "recipe=express");
  expect(quoted?.code).toBe(recipe("express").code);
});

test("back-ends.md names every status of the route, and no other", () => {
  const source = readFileSync(join(ROOT, "src/client/token-response.ts"), "utf8");
  const [, union = ""] = /readonly status: ([\d |]+);/.exec(source) ?? [];
  const [, section = ""] = page("docs/back-ends.md").split("\n## What the route sends\n");
  const table = [...section.matchAll(/^\| (\d{3}) \|/gm)].map(([, status]) => status);
  expect([...new Set(table)].sort()).toEqual([...union.split(" | "), "401"].sort());
});

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const sandbox = new StandIn({ apiKey: "KEY-CANARY", roomIds: [ROOM_ID] });
const folder = join(FOLDER, "rows");

type Params = Record<string, string>;
type Handler = (request: Request, params: Params) => Promise<Response>;
/** What a recipe exports: SvelteKit and Astro a POST, React Router an action, Nuxt a default. */
type Module = Record<string, (context: { request: Request; params: Params }) => Promise<Response>>;

interface Row {
  /** The framework's types, as far as the row needs them, by file. */
  readonly types: Readonly<Record<string, string>>;
  /** Sets the framework's globals; returns how a request gets to the route once the file is loaded. */
  readonly serve: () => (module: Module) => Handler;
}

const exported = (name: string): Row["serve"] => {
  return () => (module) => async (request, params) => {
    const handle = module[name];
    if (handle === undefined) throw new Error(`no export ${name}`);
    return handle({ request, params });
  };
};

const ROWS: Readonly<Record<string, Row>> = {
  SvelteKit: {
    types: {
      "$types.d.ts":
        "export type RequestHandler = (event: { request: Request; params: { roomId: string } }) => Response | Promise<Response>;",
    },
    serve: exported("POST"),
  },
  "React Router": {
    types: {
      "+types/token.d.ts":
        "export namespace Route { export interface ActionArgs { request: Request; params: { roomId: string } } }",
    },
    serve: exported("action"),
  },
  Astro: {
    types: {
      "astro.d.ts":
        'declare module "astro" { export type APIRoute = (context: { request: Request; params: Record<string, string | undefined> }) => Response | Promise<Response>; }',
    },
    serve: exported("POST"),
  },
  Nuxt: {
    types: {
      "nitro.d.ts": `interface H3Event { readonly node: object }
declare function defineEventHandler<T>(handler: (event: H3Event) => T): (event: H3Event) => T;
declare function toWebRequest(event: H3Event): Request;
declare function getRouterParam(event: H3Event, name: string): string | undefined;`,
    },
    serve: () => {
      vi.stubGlobal("defineEventHandler", (handler: unknown) => handler);
      vi.stubGlobal("toWebRequest", ({ request }: { request: Request }) => request);
      vi.stubGlobal("getRouterParam", ({ params }: { params: Params }, name: string) => params[name]);
      return exported("default")();
    },
  },
  Bun: {
    types: {
      "bun.d.ts": `type BunRequest = Request & { readonly params: { readonly roomId: string } };
declare const Bun: { serve(options: { port: number; hostname: string; routes: Record<string, { POST(request: BunRequest): Promise<Response> }> }): unknown };`,
    },
    serve: () => {
      let routes: Record<string, { POST(request: Request): Promise<Response> }> = {};
      vi.stubGlobal("Bun", {
        serve: (options: { routes: typeof routes }) => {
          routes = options.routes;
        },
      });
      return () => async (request, params) => {
        const route = routes["/rooms/:roomId/token"];
        return route?.POST(Object.assign(request, { params })) ?? new Response(null, { status: 404 });
      };
    },
  },
  Deno: {
    types: {
      "deno.d.ts":
        "declare const Deno: { serve(options: { port: number; hostname: string }, handler: (request: Request) => Promise<Response>): unknown };",
    },
    serve: () => {
      let handle: (request: Request) => Promise<Response>;
      vi.stubGlobal("Deno", {
        serve: (_options: object, handler: typeof handle) => {
          handle = handler;
        },
      });
      return () => (request) => handle(request);
    },
  },
};

/** Writes the recipe with a row at its end, filled in; returns its file. */
function writeRow(name: string): string {
  const file = join(folder, name.replace(" ", "-"), "token.ts");
  const filledIn = fillIn(recipe("fetch").code, 'request.headers.get("cookie")');
  const files = { [file]: `${filledIn}\n${lastCell(name)}\n` };
  for (const [path, text] of Object.entries(ROWS[name]?.types ?? {})) files[join(dirname(file), path)] = text;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return file;
}

beforeEach(() => {
  sandbox.reset();
  vi.stubEnv("TELNYX_API_KEY", sandbox.apiKey);
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => sandbox.fetch(url, init));
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test("the table has a row for each of these frameworks, and no other", () => {
  const [, section = ""] = page("docs/back-ends.md").split("\n| framework | file |");
  const [table = ""] = section.split("\n\n");
  const named = [...table.matchAll(/^\| ([A-Z][\w ]+) \|/gm)].map(([, name]) => name);
  expect(named).toEqual(Object.keys(ROWS));
});

test.each(Object.keys(ROWS))("the row of %s refuses strangers, and gives a page its token", async (name) => {
  const row = ROWS[name];
  const route = row?.serve();
  const handle = route?.(await import(pathToFileURL(writeRow(name)).href));
  const ask = async (cookie: string, roomId = ROOM_ID) => {
    const init = { method: "POST", headers: { cookie }, body: "{}" };
    const request = new Request(`http://app.test/rooms/${roomId}/token`, init);
    const response = await handle?.(request, { roomId });
    return { status: response?.status, body: (await response?.json()) as Record<string, string> };
  };
  expect((await ask("theme=dark")).status).toBe(401);
  expect((await ask("login=eve")).status).toBe(403);
  expect((await ask("login=ann", "lobby")).status).toBe(400);
  expect(sandbox.requestCount).toBe(0);
  const { status, body } = await ask("theme=dark; login=ann");
  expect({ status, names: Object.keys(body) }).toEqual({ status: 201, names: ["token", "tokenExpiresAt"] });
  expect(sandbox.accepts(String(body["token"]))).toBe(true);
});

test("each row compiles in strict mode, with its framework's types", () => {
  const files = Object.keys(ROWS).map(writeRow);
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    baseUrl: ROOT,
    paths: { "telnyx-room-tokens": ["./src/index.ts"] },
  };
  const typeFiles = files.flatMap((file, index) =>
    Object.keys(Object.values(ROWS)[index]?.types ?? {}).map((path) => join(dirname(file), path)),
  );
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...files, ...typeFiles], options));
  expect(diagnostics.map(({ messageText, file }) => [file?.fileName, messageText])).toEqual([]);
});
