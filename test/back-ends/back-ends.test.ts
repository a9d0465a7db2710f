import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ROOT } from "../package/tarball.ts";
import { type SandboxServer, startSandbox } from "../sandbox/index.ts";

const EXAMPLES = join(ROOT, "examples", "back-ends");

interface BackEnd {
  call(roomId: string, cookie: string): Promise<Response>;
  stop(): Promise<void> | void;
}

/** Starts a program of the examples' folder, and waits for the address that it prints. */
async function startProgram(args: string[], env: Record<string, string>): Promise<BackEnd> {
  const child = spawn(process.execPath, args, { cwd: EXAMPLES, env: { ...process.env, ...env } });
  const address = await printedAddress(child);
  return {
    call: (roomId, cookie) =>
      fetch(`${address}/rooms/${roomId}/token`, { method: "POST", headers: { cookie } }),
    stop: () => new Promise((resolve) => child.once("exit", () => resolve()).kill()),
  };
}

function printedAddress(child: ChildProcess): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const [, address] = /Ready on (http:\S+\d)/.exec(output) ?? [];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (status) => reject(new Error(`ended with ${status}: ${output}`)));
  });
}

const BACK_ENDS: Record<string, (sandbox: SandboxServer) => Promise<BackEnd>> = {
  "express.ts": ({ apiKey, url }) =>
    startProgram(["--import", "tsx", "express.ts"], {
      PORT: "0",
      TELNYX_API_KEY: apiKey,
      TELNYX_BASE_URL: url,
    }),

  "hono-worker.ts": ({ apiKey, url }) => {
    const vars = ["--var", `TELNYX_API_KEY:${apiKey}`, "--var", `TELNYX_BASE_URL:${url}`];
    const where = [
      "--ip",
      "127.0.0.1",
      "--port",
      "0",
      "--inspector-port",
      "0",
      "--compatibility-date",
      "2026-04-21",
    ];
    return startProgram(
      ["node_modules/wrangler/bin/wrangler.js", "dev", "hono-worker.ts", ...where, ...vars],
      {
        WRANGLER_SEND_METRICS: "false",
      },
    );
  },

  "next-route.ts": async ({ apiKey, url }) => {
    vi.stubEnv("TELNYX_API_KEY", apiKey);
    vi.stubEnv("TELNYX_BASE_URL", url);
    const { POST } = await import("../../examples/back-ends/next-route.ts");
    return {
      call: (roomId, cookie) => {
        const request = new Request(`http://next.test/rooms/${roomId}/token`, {
          method: "POST",
          headers: { cookie },
        });
        return POST(request, { params: Promise.resolve({ roomId }) });
      },
      stop: () => void vi.unstubAllEnvs(),
    };
  },
};

describe.each(Object.entries(BACK_ENDS))("%s", (file, start) => {
  let sandbox: SandboxServer;
  let backEnd: BackEnd;

  beforeAll(async () => {
    sandbox = await startSandbox();
    backEnd = await start(sandbox);
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await backEnd.stop();
    await sandbox.close();
  });

  test("it hands a grant, not to be cached, to a user who may join", async () => {
    const response = await backEnd.call(sandbox.roomId, "login=ann");
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const grant = await response.json();
    expect(Object.keys(grant).sort()).toEqual([
      "refreshToken",
      "refreshTokenExpiresAt",
      "token",
      "tokenExpiresAt",
    ]);
    expect(sandbox.accepts(grant.token)).toBe(true);
  });

  test("it asks Telnyx for nothing on behalf of a stranger", async () => {
    const response = await backEnd.call(sandbox.roomId, "login=eve");
    expect(response.status).toBe(403);
    expect(sandbox.requestCount).toBe(0);
  });

  test("an unknown room and one that is no id are not found", async () => {
    expect((await backEnd.call("00000000-0000-4000-8000-000000000000", "login=ann")).status).toBe(404);
    expect((await backEnd.call("lobby", "login=ann")).status).toBe(404);
    expect(sandbox.requestCount).toBe(1);
  });

  test("a refusal by Telnyx is a bad gateway that tells the page nothing", async () => {
    sandbox.failNext({ status: 401 });
    const response = await backEnd.call(sandbox.roomId, "login=ann");
    expect(response.status).toBe(502);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(["", "Bad Gateway"]).toContain(await response.text());
  });

  test("it is under 40 lines", () => {
    expect(readFileSync(join(EXAMPLES, file), "utf8").split("\n").length).toBeLessThan(40);
  });
});
