import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { describeBackEnd, describeRequestBody, describeUnfilled, type Start } from "../../back-ends/cases.ts";
import { startProgram } from "../../back-ends/program.ts";
import { fillIn, lastCell, recipe, replaceOnce } from "../../back-ends/recipes.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The packed tarball. */
    tarball: string;
  }
}

const CREATE_NEXT_APP = createRequire(import.meta.url).resolve("create-next-app/dist/index.js");
const WHAT_WE_SKIP = ["--no-tailwind", "--no-linter", "--disable-git"];

const project = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
const app = join(project, "fresh-app");
const { code } = recipe("nextjs");
const filledIn = fillIn(code, 'request.headers.get("cookie")');
const call = "(roomTokens, roomId)";
const callWithBody = `(roomTokens, roomId, ${lastCell("Next.js and the fetch-style one")})`;

/** The recipe where its reader puts it, and its variants under a path of their own. */
const ROUTES: Readonly<Record<string, string>> = {
  "": filledIn,
  "/as-it-stands": code,
  "/request-body": replaceOnce(filledIn, call, callWithBody),
};

beforeAll(() => {
  const options = ["--empty", "--typescript", "--app", "--use-npm", "--yes", ...WHAT_WE_SKIP];
  run(project, process.execPath, CREATE_NEXT_APP, "fresh-app", ...options);
  run(app, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", inject("tarball"));
  for (const [path, text] of Object.entries(ROUTES)) {
    const file = join(app, `app${path}/rooms/[roomId]/token/route.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test("a fresh app of create-next-app with the recipe passes next build", () => {
  expect(run(app, "npm", "run", "build")).toContain("/rooms/[roomId]/token");
});

/** Starts the built app; its routes begin with `path`. */
function starter(path: keyof typeof ROUTES): Start {
  const next = join(app, "node_modules/next/dist/bin/next");
  return async (env) => {
    const backEnd = await startProgram((port) => {
      const args = ["start", "--port", String(port), "--hostname", "127.0.0.1"];
      return { command: [process.execPath, next, ...args], cwd: app, env };
    });
    return { ...backEnd, url: backEnd.url + path };
  };
}

describeUnfilled("Next.js", starter("/as-it-stands"));
describeBackEnd("Next.js", starter(""));
describeRequestBody("Next.js", starter("/request-body"));

function run(cwd: string, file: string, ...args: string[]): string {
  const env = { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: "1" };
  return execFileSync(file, args, { cwd, env, encoding: "utf8" });
}
