import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { RoomTokenClient } from "../../src/index.ts";
import { runCommand } from "../../src/sandbox/command.ts";
import { DEFAULTS } from "../../src/sandbox/options.ts";
import { listen } from "../loopback.ts";
import { OTHER_ROOM } from "./helpers.ts";

const BIN = fileURLToPath(new URL("../../src/sandbox/bin.ts", import.meta.url));

afterEach(() => {
  vi.restoreAllMocks();
});

/** Starts the command as a process, and waits until it has printed how to reach it. */
async function startCommand(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", BIN, ...args]);
  const exited = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes("Ctrl+C ends it.")) break;
  }
  return { child, output, exited };
}

/** Runs the command in this process to its end. */
async function run(...args: string[]) {
  const out = vi.spyOn(console, "log").mockImplementation(() => {});
  const errors = vi.spyOn(console, "error").mockImplementation(() => {});
  const status = await runCommand(args);
  return { status, out: out.mock.calls.flat().join("\n"), errors: errors.mock.calls.flat().join("\n") };
}

function environmentIn(output: string): Record<string, string> {
  const lines = output.matchAll(/^export (\w+)=(\S+)$/gm);
  return Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value]));
}

describe("telnyx-room-tokens sandbox", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "prints an environment and an endpoint that work, and ends on %s with status 0",
    async (signal) => {
      const { child, output, exited } = await startCommand("sandbox");
      expect(output.split("\n")[0]).toContain("It does not prove what Telnyx does");
      const { TELNYX_BASE_URL, TELNYX_API_KEY, TELNYX_ROOM_ID = "", ...rest } = environmentIn(output);
      expect(rest).toEqual({});
      const roomTokens = new RoomTokenClient({ baseUrl: TELNYX_BASE_URL, apiKey: TELNYX_API_KEY });
      await roomTokens.create(TELNYX_ROOM_ID);
      const [endpoint = ""] = /http:\S+\/token$/m.exec(output) ?? [];
      expect((await fetch(endpoint, { method: "POST", body: "{}" })).status).toBe(201);
      child.kill(signal);
      // Windows has no signals to handle: there the process just ends.
      expect(await exited).toEqual(process.platform === "win32" ? [null, signal] : [0, null]);
    },
  );

  it("takes a port, a room and a key", async () => {
    const free = createServer();
    await listen(free);
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const args = ["sandbox", "--port", String(port), "--room", OTHER_ROOM, "--key=KEY_mine"];
    const { child, output, exited } = await startCommand(...args);
    expect(environmentIn(output)).toEqual({
      TELNYX_BASE_URL: `http://127.0.0.1:${port}/v2`,
      TELNYX_API_KEY: "KEY_mine",
      TELNYX_ROOM_ID: OTHER_ROOM,
    });
    child.kill();
    await exited;
  });

  it.each([["--help"], ["sandbox", "--help"], ["-h"]])("prints its usage for %s %s", async (...args) => {
    const { status, out, errors } = await run(...args);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(out).toMatch(/^Usage: telnyx-room-tokens sandbox \[--port N\] \[--room UUID\] \[--key KEY\]\n/);
    expect(out).toContain("does not prove what Telnyx does");
    for (const given of [DEFAULTS.roomId, DEFAULTS.apiKey]) expect(out).toContain(`by default ${given}\n`);
  });

  it.each([["--version"], ["sandbox", "--version"]])("prints its version for %s %s", async (...args) => {
    expect(await run(...args)).toEqual({ status: 0, out: packageJson.version, errors: "" });
  });

  it.each([
    ["no command", [], "The one command is sandbox."],
    ["an unknown command", ["sandbx"], "The one command is sandbox."],
    ["a second command", ["sandbox", "8080"], "The one command is sandbox."],
    ["an unknown flag", ["sandbox", "--prot", "8080"], "There is no option --prot."],
    ["a flag of every object", ["sandbox", "--constructor"], "There is no option --constructor."],
    ["a host", ["sandbox", "--host=0.0.0.0"], "There is no option --host."],
    ["an unknown short flag", ["sandbox", "-p"], "There is no option -p."],
    ["a port in words", ["sandbox", "--port", "http"], "port must be a whole number from 0 to 65535."],
    ["no port", ["sandbox", "--port"], "port must be a whole number from 0 to 65535."],
    ["an empty port", ["sandbox", "--port="], "port must be a whole number from 0 to 65535."],
    ["a port too high", ["sandbox", "--port", "65536"], "port must be a whole number from 0 to 65535."],
    ["a room that is no UUID", ["sandbox", "--room", "lobby"], "roomId must be a UUID string"],
    ["no room", ["sandbox", "--room"], "roomId must be a UUID string"],
    ["an empty key", ["sandbox", "--key="], "apiKey must be a non-empty string of visible ASCII characters."],
    ["no key", ["sandbox", "--key"], "apiKey must be a non-empty string of visible ASCII characters."],
  ])("answers %s with one sentence and status 2", async (_, args, sentence) => {
    const { status, out, errors } = await run(...args);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(errors).toContain(sentence);
    expect(errors).toMatch(/^[^\n]+ See: telnyx-room-tokens --help$/);
  });

  it("says in one sentence that the port is in use", async () => {
    const busy = createServer();
    await listen(busy);
    const { port } = busy.address() as AddressInfo;
    const { status, errors } = await run("sandbox", "--port", String(port));
    expect(status).toBe(2);
    expect(errors).toMatch(new RegExp(`^port ${port} is in use: [^\\n]+$`));
    busy.close();
  });
});
