import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { RoomTokenClient } from "../../src/index.ts";
import { runCommand } from "../../src/sandbox/command.ts";
import { DEFAULTS } from "../../src/sandbox/options.ts";
import { freePort } from "../loopback.ts";
import { OTHER_ROOM } from "./helpers.ts";

const BIN = fileURLToPath(new URL("../../src/sandbox/bin.ts", import.meta.url));
const PORT_RULE = "port must be a whole number from 0 to 65535.";
const KEY_RULE = "apiKey must be a non-empty string of visible ASCII characters.";

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
  const exports = [...output.matchAll(/^export (\w+)=(\S+)$/gm)];
  const environment = Object.fromEntries(exports.map(([, name = "", value = ""]) => [name, value]));
  /** How it ends on a signal. Windows has no signals to handle: there the process just ends. */
  const endOn = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    expect(await exited).toEqual(process.platform === "win32" ? [null, signal] : [0, null]);
  };
  return { output, environment, endOn };
}

/** Runs the command in this process to its end. */
async function run(...args: string[]) {
  const out = vi.spyOn(console, "log").mockImplementation(() => {});
  const errors = vi.spyOn(console, "error").mockImplementation(() => {});
  const status = await runCommand(args);
  return { status, out: out.mock.calls.flat().join("\n"), errors: errors.mock.calls.flat().join("\n") };
}

it("prints an environment and an endpoint that work, and ends on SIGINT with status 0", async () => {
  const { output, environment, endOn } = await startCommand("sandbox");
  expect(output.split("\n")[0]).toContain("It does not prove what Telnyx does");
  const { TELNYX_BASE_URL, TELNYX_API_KEY, TELNYX_ROOM_ID = "" } = environment;
  await new RoomTokenClient({ baseUrl: TELNYX_BASE_URL, apiKey: TELNYX_API_KEY }).create(TELNYX_ROOM_ID);
  const [endpoint = ""] = /http:\S+\/token$/m.exec(output) ?? [];
  expect((await fetch(endpoint, { method: "POST", body: "{}" })).status).toBe(201);
  await endOn("SIGINT");
});

it("takes a port, a room and a key, and ends on SIGTERM with status 0", async () => {
  const port = String(await freePort());
  const args = ["sandbox", "--port", port, "--room", OTHER_ROOM, "--key=KEY_mine"];
  const { environment, endOn } = await startCommand(...args);
  expect(environment).toEqual({
    TELNYX_BASE_URL: `http://127.0.0.1:${port}/v2`,
    TELNYX_API_KEY: "KEY_mine",
    TELNYX_ROOM_ID: OTHER_ROOM,
  });
  await endOn("SIGTERM");
});

it("prints a key that a shell would read otherwise in quotes", async () => {
  const { output, endOn } = await startCommand("sandbox", "--key=KEY$(id);'#");
  expect(output).toContain("\nexport TELNYX_API_KEY='KEY$(id);'\\''#'\n");
  await endOn("SIGTERM");
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
  [[], "The one command is sandbox."],
  [["sandbx"], "The one command is sandbox."],
  [["sandbox", "8080"], "The one command is sandbox."],
  [["sandbox", "--prot", "8080"], "There is no option --prot."],
  [["sandbox", "--constructor"], "There is no option --constructor."],
  [["sandbox", "--host=0.0.0.0"], "There is no option --host."],
  [["sandbox", "-p"], "There is no option -p."],
  [["sandbox", "--port", "http"], PORT_RULE],
  [["sandbox", "--port"], PORT_RULE],
  [["sandbox", "--port="], PORT_RULE],
  [["sandbox", "--port", "65536"], PORT_RULE],
  [["sandbox", "--room", "lobby"], "roomId must be a UUID string"],
  [["sandbox", "--room"], "roomId must be a UUID string"],
  [["sandbox", "--key="], KEY_RULE],
  [["sandbox", "--key"], KEY_RULE],
])("answers %j with one sentence and status 2: %s", async (args, sentence) => {
  const { status, out, errors } = await run(...args);
  expect({ status, out }).toEqual({ status: 2, out: "" });
  expect(errors).toContain(sentence);
  expect(errors).toMatch(/^[^\n]+ See: telnyx-room-tokens --help$/);
});
