/**
 * `npm run example`: the room page of examples/room-page with its back end, against the sandbox; with
 * TELNYX_API_KEY and TELNYX_ROOM_ID in the environment against Telnyx.
 */
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isRoomTokenError, RoomTokenClient } from "telnyx-room-tokens";
import { LOGIN_COOKIE, LOGOUT_COOKIE, roomTokenRoute } from "../examples/room-page/back-end.ts";
import { listenOn, type SandboxServer, startServer } from "../src/sandbox/server.ts";

const ROOT = new URL("../", import.meta.url);
const HOUR_MS = 3_600_000;
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
};
/** What the page may load of this package: its build. */
const LIBRARY = /^\/lib\/(dist\/\w[\w.-]*\.js)$/;
const PAGE = /^\/((?:page|words)\.(?:js|css))?$/;
/** The routes that change the cookie that is the login. `forget` ends the login as a server may, without the page. */
const COOKIES: ReadonlyMap<string, string> = new Map([
  ["login", LOGIN_COOKIE],
  ["logout", LOGOUT_COOKIE],
  ["forget", LOGOUT_COOKIE],
]);
/** The routes that a page cannot reach while it is offline. */
const BACK_END = /^\/(?:rooms\/.*|login|logout)$/;

export interface Example {
  readonly url: string;
  /** Absent when the example talks to Telnyx. */
  readonly sandbox: SandboxServer | undefined;
  close(): Promise<void>;
}

/** @throws RoomTokenError `invalid_argument`: the port is in use, or this user may not listen on it. */
export async function startExample(options: { port: number; tokenTtlSecs: number }): Promise<Example> {
  const liveRoomId = process.env["TELNYX_API_KEY"]?.trim() && process.env["TELNYX_ROOM_ID"]?.trim();
  const sandbox = liveRoomId ? undefined : await startServer();
  const roomId = liveRoomId || sandbox?.roomId || "";
  const roomTokens = new RoomTokenClient(sandbox ? { apiKey: sandbox.apiKey, baseUrl: sandbox.url } : {});
  const route = roomTokenRoute(roomTokens, options.tokenTtlSecs);
  const settings = JSON.stringify({ roomId, hasSandbox: sandbox !== undefined });
  const buttons = new Buttons(sandbox);

  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    if (path === "/") buttons.reset();
    if (buttons.isOffline && BACK_END.test(path)) return void request.destroy();
    if (path.startsWith("/rooms/")) return route(request, response);
    if (path === "/settings")
      return void response.writeHead(200, { "Content-Type": "application/json" }).end(settings);
    if (request.method === "POST") return buttons.press(path.slice(1), response);
    return serveFile(path, response);
  });
  const origin = await listenOn(server, options.port).catch(async (thrown: unknown) => {
    await sandbox?.close();
    throw thrown;
  });
  return {
    url: `${origin}/`,
    sandbox,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandbox?.close();
    },
  };
}

/** What the buttons of the page do on the server. */
class Buttons {
  isOffline = false;
  readonly #sandbox: SandboxServer | undefined;

  constructor(sandbox: SandboxServer | undefined) {
    this.#sandbox = sandbox;
  }

  /** Ends what was pressed before: a page that is loaded again finds no outage, and the clock right. */
  reset(): void {
    this.isOffline = false;
    this.#sandbox?.reset();
  }

  press(name: string, response: ServerResponse): void {
    const cookie = COOKIES.get(name);
    const action = this.#actions.get(name);
    action?.();
    const isKnown = cookie !== undefined || action !== undefined;
    response.writeHead(isKnown ? 204 : 404, cookie ? { "Set-Cookie": cookie } : {}).end();
  }

  readonly #actions: ReadonlyMap<string, () => void> = new Map([
    ["offline", () => this.#setOffline(true)],
    ["online", () => this.#setOffline(false)],
    ["revoke", () => this.#sandbox?.revokeRefreshTokens()],
    ["sleep", () => this.#sleep()],
  ]);

  #setOffline(isOffline: boolean): void {
    this.isOffline = isOffline;
  }

  #sleep(): void {
    this.#sandbox?.advance(HOUR_MS);
  }
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const [, library] = LIBRARY.exec(path) ?? [];
  const page = PAGE.test(path)
    ? `examples/room-page/${path === "/" ? "index.html" : path.slice(1)}`
    : undefined;
  const file = library ?? page;
  const content = file && (await readFile(new URL(file, ROOT)).catch(() => undefined));
  if (!file || !content) return void response.writeHead(404).end();
  const login = path === "/" ? { "Set-Cookie": LOGIN_COOKIE } : {}; // loading the page logs the user in
  response.writeHead(200, { "Content-Type": TYPES[extname(file)], ...login }).end(content);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: "string", default: "0" }, ttl: { type: "string", default: "20" } },
  });
  const example = await startExample({ port: Number(values.port), tokenTtlSecs: Number(values.ttl) });
  const where = example.sandbox ? "the sandbox, without a key" : "Telnyx, with your key";
  console.log(`The room page, on ${where}:\n\n  ${example.url}\n\nCtrl+C ends it.`);
  process.once("SIGINT", () => void example.close());
  process.once("SIGTERM", () => void example.close());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  await main().catch((thrown: unknown) => {
    if (!isRoomTokenError(thrown)) throw thrown;
    console.error(`${thrown.message}.`);
    process.exitCode = 2;
  });
