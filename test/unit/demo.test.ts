import { afterEach, describe, expect, it } from "vitest";
import { startExample } from "../../scripts/example.ts";
import { ROOT } from "../../scripts/spec/files.ts";
import { type SandboxServer, startServer } from "../../src/sandbox/server.ts";
import { runScript } from "../run-script.ts";

const ESCAPE = "\u001b";
const running: SandboxServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

async function start(): Promise<SandboxServer> {
  const sandbox = await startServer();
  running.push(sandbox);
  return sandbox;
}

const environmentOf = ({ apiKey, url, roomId }: SandboxServer) => ({
  TELNYX_API_KEY: apiKey,
  TELNYX_BASE_URL: url,
  TELNYX_ROOM_ID: roomId,
});

/** Runs the demo as a process of its own, off a terminal, with nothing of our own environment that it reads. */
function demo(args: string[], env: Record<string, string> = {}) {
  const { TELNYX_API_KEY, TELNYX_ROOM_ID, TELNYX_BASE_URL, NO_COLOR, FORCE_COLOR, ...rest } = process.env;
  return runScript({ root: ROOT, env: { ...rest, ...env } }, "demo.ts", ...args);
}

describe("npm run demo", () => {
  it("creates, refreshes, shows an error and draws the lifetimes on its own sandbox, whatever the environment says", async () => {
    const elsewhere = await start();
    const { exitCode, stdout, stderr } = await demo([], environmentOf(elsewhere));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(elsewhere.requestCount).toBe(0);
    const statuses = [...stdout.matchAll(/response +(\d+) after \d+ ms/g)].map(([, status]) => status);
    expect(statuses).toEqual(["201", "201", "403"]);
    expect(stdout.match(/token +eyJhbG….{6} {2}until 20\S+Z$/gm)).toHaveLength(3);
    expect(stdout).toMatch(/RoomTokenError\n +message +Refreshing[\s\S]* code +forbidden\n +status +403\n/);
    expect(stdout).toContain("skips the time");
    expect(stdout.match(/[0-9a-f-]{36}/g)).toHaveLength(2); // the room, and the request id once
    expect(stdout).toContain("┼─────────┼");
    expect(stdout).toMatch(/^ {3}refresh token {2}█{60}$/m);
    expect(stdout).toMatch(/^ {3}error {70}✗$/m);
    // No token in full, no key, no escape code off a terminal, no line over 80 columns.
    expect(stdout).not.toMatch(/eyJ[\w-]{6,}/);
    expect(stdout).not.toContain("KEY_");
    expect(stdout).not.toContain(ESCAPE);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("colours when it is forced to", async () => {
    const { stdout } = await demo([], { FORCE_COLOR: "1" });
    expect(stdout).toContain(`${ESCAPE}[32m201${ESCAPE}[39m`);
  });

  it("says with --help what it does, and with a wrong flag what is wrong", async () => {
    const help = await demo(["--help"]);
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(help.stdout).toMatch(/^Usage: npm run demo\n[\s\S]*--live/);
    const wrong = await demo(["--liv"]);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/'--liv'[\s\S]*Usage: npm run demo/);
    expect(wrong.stderr).not.toContain("    at ");
  });
});

describe("npm run demo -- --live", () => {
  it.each([
    [{}, ["TELNYX_API_KEY", "TELNYX_ROOM_ID"]],
    [{ TELNYX_API_KEY: "KEY_x" }, ["TELNYX_ROOM_ID"]],
    [{ TELNYX_API_KEY: " ", TELNYX_ROOM_ID: "5f0c2a9e-7b1d-4c3e-9a64-2d8e1b7f3c05" }, ["TELNYX_API_KEY"]],
  ])("with %o ends with 2 and says what is missing", async (env, missing) => {
    const { exitCode, stdout, stderr } = await demo(["--live"], env as Record<string, string>);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr.match(/TELNYX_\w+/g)).toEqual(missing);
  });

  it("calls the API of the environment with its key and room, and shows neither key nor tokens", async () => {
    const api = await start();
    const { exitCode, stdout } = await demo(["--live"], environmentOf(api));
    expect(exitCode).toBe(0);
    expect(api.requests.map(({ status }) => status)).toEqual([201, 201, 403]);
    const { refresh_token } = JSON.parse(api.exchanges[1]?.body ?? "");
    for (const secret of [api.apiKey, ...refresh_token.split(".")]) expect(stdout).not.toContain(secret);
  });

  it("ends with 1 and the error when the create is refused", async () => {
    const api = await start();
    const env = { ...environmentOf(api), TELNYX_API_KEY: "KEY_wrong" };
    const { exitCode, stdout } = await demo(["--live"], env);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/code +unauthorized\n +status +401/);
    expect(stdout).not.toContain("KEY_wrong");
  });
});

it("npm run example says in a sentence that its port is in use", async () => {
  const port = Number(new URL((await start()).url).port);
  await expect(startExample({ port, tokenTtlSecs: 20 })).rejects.toMatchObject({
    code: "invalid_argument",
    message: `port ${port} is in use: pass another one, or none for any that is free`,
  });
});
