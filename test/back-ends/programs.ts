/** The example back ends, each started for real on a loopback port in front of a sandbox. */
import { spawn } from "node:child_process";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { RoomTokenClient } from "telnyx-room-tokens";
import { vi } from "vitest";
import { roomTokenRoutes } from "../../examples/room-page/back-end.ts";
import { listen } from "../loopback.ts";
import { ROOT } from "../package/tarball.ts";
import type { SandboxServer } from "../sandbox/index.ts";

export const EXAMPLES: string = join(ROOT, "examples", "back-ends");

export interface BackEnd {
  readonly url: string;
  /** What it has written, where it is a process of its own. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a program of the examples' folder, and waits for the address that it prints. */
async function startProgram(args: string[], env: Record<string, string>): Promise<BackEnd> {
  const child = spawn(process.execPath, args, { cwd: EXAMPLES, env: { ...process.env, ...env } });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const [, address] = /Ready on (http:\S+\d)/.exec(output) ?? [];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (status) => reject(new Error(`ended with ${status}: ${output}`)));
  });
  const stop = () => new Promise<void>((resolve) => child.once("exit", () => resolve()).kill());
  return { url, output: () => output, stop };
}

async function serve(listener: RequestListener): Promise<BackEnd> {
  const server = createServer(listener);
  const url = await listen(server);
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    vi.unstubAllEnvs();
  };
  return { url, output: () => "", stop };
}

type Route = (request: Request, context: { params: Promise<{ roomId: string }> }) => Promise<Response>;

/** Serves fetch-style routes as a framework does, which finds each by its path. */
function serveRoutes(routes: Readonly<Record<string, Route>>): Promise<BackEnd> {
  return serve(async (incoming, outgoing) => {
    const [, roomId = "", path = ""] = /^\/rooms\/([^/]+)\/(.+)$/.exec(incoming.url ?? "") ?? [];
    const request = new Request(`http://app.test${incoming.url}`, {
      method: incoming.method ?? "GET",
      headers: incoming.headers as Record<string, string>,
      body: new Uint8Array(await buffer(incoming)),
    });
    const response = await routes[path]?.(request, { params: Promise.resolve({ roomId }) });
    outgoing.writeHead(response?.status ?? 404, Object.fromEntries(response?.headers ?? []));
    outgoing.end(await response?.text());
  });
}

export const BACK_ENDS: Readonly<Record<string, (sandbox: SandboxServer) => Promise<BackEnd>>> = {
  "back-ends/express.ts": ({ apiKey, url }) => {
    const env = { PORT: "0", TELNYX_API_KEY: apiKey, TELNYX_BASE_URL: url };
    return startProgram(["--import", "tsx", "express.ts"], env);
  },

  "back-ends/hono-worker.ts": ({ apiKey, url }) => {
    const vars = ["--var", `TELNYX_API_KEY:${apiKey}`, "--var", `TELNYX_BASE_URL:${url}`];
    const where = ["--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0"];
    const args = ["dev", "hono-worker.ts", ...where, "--compatibility-date", "2026-04-21", ...vars];
    const env = { WRANGLER_SEND_METRICS: "false" };
    return startProgram(["node_modules/wrangler/bin/wrangler.js", ...args], env);
  },

  "back-ends/fetch-routes.ts": async ({ apiKey, url }) => {
    vi.stubEnv("TELNYX_API_KEY", apiKey);
    vi.stubEnv("TELNYX_BASE_URL", url);
    const { createToken, refreshToken } = await import("../../examples/back-ends/fetch-routes.ts");
    return serveRoutes({ token: createToken, "token/refresh": refreshToken });
  },

  "room-page/back-end.ts": ({ apiKey, url }) =>
    serve(roomTokenRoutes(new RoomTokenClient({ apiKey, baseUrl: url }), 600)),
};
