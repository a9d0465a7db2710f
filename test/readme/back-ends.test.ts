import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { fillIn, lastCell, RECIPES, recipe } from "../back-ends/recipes.ts";
import { complaints } from "./compile.ts";
import { FOLDER, ROOT, snippets } from "./snippets.ts";
import { rowsOf, section } from "./tables.ts";

test.each(RECIPES.filter(({ name }) => name !== "wrangler"))(
  "the recipe $name has at most 25 lines, tells 401 from 403, and logs what went wrong",
  ({ code }) => {
    expect(code.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
    expect(code).not.toMatch(/from "[^"]*\.ts"/);
    expect(code).toMatch(/401|UnauthorizedException\(/);
    expect(code).toMatch(/403|ForbiddenException\(/);
    expect(code).toContain("if (error) console.error(error.message);");
  },
);

test("the README has the recipe for Express as back-ends.md has it", () => {
  const [quoted] = snippets.filter(({ path, use }) => path === "README.md" && use === "recipe=express");
  expect(quoted?.code).toBe(recipe("express").code);
});

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const sandbox = new StandIn({ apiKey: "KEY-CANARY", roomIds: [ROOM_ID] });

interface Row {
  /** What the file exports for the framework to call. */
  readonly handler: string;
  /** The framework's types, as far as the row needs them, and the file that has them. */
  readonly file: string;
  readonly types: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  SvelteKit: {
    handler: "POST",
    file: "$types.d.ts",
    types: `export type RequestHandler =
      (event: { request: Request; params: { roomId: string } }) => Response | Promise<Response>;`,
  },
  "React Router": {
    handler: "action",
    file: "+types/token.d.ts",
    types: `export namespace Route {
      export interface ActionArgs { request: Request; params: { roomId: string } } }`,
  },
  Astro: {
    handler: "POST",
    file: "astro.d.ts",
    types: `declare module "astro" { export type APIRoute =
      (context: { request: Request; params: Record<string, string | undefined> }) => Response | Promise<Response>; }`,
  },
  Nuxt: {
    handler: "default",
    file: "nitro.d.ts",
    types: `interface H3Event { readonly node: object }
      declare function defineEventHandler<T>(handler: (event: H3Event) => T): (event: H3Event) => T;
      declare function toWebRequest(event: H3Event): Request;
      declare function getRouterParam(event: H3Event, name: string): string | undefined;`,
  },
};
/** These rows are run by the runtimes themselves, in test/runtimes/back-ends. */
const RUN_ELSEWHERE = ["Bun", "Deno"];

type Context = { readonly request: Request; readonly params: Record<string, string> };

/** Writes the recipe with a row at its end, filled in, and the types of its framework; returns both files. */
function writeRow(name: string, { file, types }: Row): [recipe: string, types: string] {
  const folder = join(FOLDER, name.replace(" ", "-"));
  const filledIn = fillIn(recipe("fetch").code, 'request.headers.get("cookie")');
  const files: [string, string] = [join(folder, "token.ts"), join(folder, file)];
  mkdirSync(dirname(files[1]), { recursive: true });
  writeFileSync(files[0], `${filledIn}\n${lastCell(name)}\n`);
  writeFileSync(files[1], types);
  return files;
}

beforeEach(() => {
  sandbox.reset();
  vi.stubEnv("TELNYX_API_KEY", sandbox.apiKey);
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => sandbox.fetch(url, init));
  vi.spyOn(console, "error").mockImplementation(() => {});
  // What Nuxt has without an import.
  vi.stubGlobal("defineEventHandler", (handler: unknown) => handler);
  vi.stubGlobal("toWebRequest", ({ request }: Context) => request);
  vi.stubGlobal("getRouterParam", ({ params }: Context, name: string) => params[name]);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test("the table has a row for each of these frameworks, and no other", () => {
  const named = rowsOf(section("docs/back-ends.md", "SvelteKit, React Router, Astro, Nuxt, Bun, Deno")).map(
    ([framework]) => framework,
  );
  expect(named).toEqual(["framework", ...Object.keys(ROWS), ...RUN_ELSEWHERE]);
});

test.each(Object.entries(ROWS))(
  "the row of %s refuses strangers, and gives a page its token",
  async (name, row) => {
    const [file] = writeRow(name, row);
    const handle: (context: Context) => Promise<Response> = (await import(pathToFileURL(file).href))[
      row.handler
    ];
    const ask = async (cookie: string, roomId = ROOM_ID) => {
      const init = { method: "POST", headers: { cookie }, body: "{}" };
      const request = new Request(`http://app.test/rooms/${roomId}/token`, init);
      const response = await handle({ request, params: { roomId } });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    };
    expect((await ask("theme=dark")).status).toBe(401);
    expect((await ask("login=eve")).status).toBe(403);
    expect((await ask("login=ann", "lobby")).status).toBe(400);
    expect(sandbox.requestCount).toBe(0);
    const { status, body } = await ask("theme=dark; login=ann");
    expect({ status, names: Object.keys(body) }).toEqual({ status: 201, names: ["token", "tokenExpiresAt"] });
    expect(sandbox.accepts(String(body["token"]))).toBe(true);
  },
);

test("each row compiles in strict mode, with its framework's types", () => {
  const files = Object.entries(ROWS).flatMap(([name, row]) => writeRow(name, row));
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
  expect(complaints(files, options)).toEqual([]);
});
