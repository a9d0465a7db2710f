import { once } from "node:events";
import { parseArgs } from "node:util";
import { isRoomTokenError } from "../errors/room-token-error.ts";
import { VERSION } from "../lib/platform.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "./index.ts";

const USAGE = `Usage: telnyx-room-tokens sandbox [--port N] [--room UUID] [--key KEY]

Starts a stand-in for Telnyx's room tokens on 127.0.0.1, until Ctrl+C.
It does not prove what Telnyx does.

  --port N     the port; by default any free one
  --room UUID  the id of the room that exists; by default 0ccc7b54-4df3-4bca-a65a-3da1ecc777f0
  --key KEY    the API key that it accepts; by default KEY_of_the_sandbox
  --help       prints this
  --version    prints the version of the package

Faults, latency and the clock are controlled by code: see startSandbox of
telnyx-room-tokens/sandbox in docs/testing.md.`;

const FLAGS = {
  port: { type: "string" },
  room: { type: "string" },
  key: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/** The status of a command that was given wrong arguments. */
const WRONG_USAGE = 2;

/**
 * Runs `telnyx-room-tokens` with the arguments that follow its name. Prints one sentence for a mistake.
 *
 * @returns The exit status, once the command has ended.
 */
export async function runCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: FLAGS, allowPositionals: true, strict: false });
  if (values["help"] === true) {
    console.log(USAGE);
    return 0;
  }
  if (values["version"] === true) {
    console.log(VERSION);
    return 0;
  }
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(FLAGS, name));
  if (unknown !== undefined)
    return usageError(`There is no option ${unknown.length === 1 ? "-" : "--"}${unknown}.`);
  if (positionals.length !== 1 || positionals[0] !== "sandbox")
    return usageError("The one command is sandbox.");
  try {
    await serve(await startSandbox(optionsOf(values)));
    return 0;
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    return usageError(`${error.message}.`);
  }
}

/** A flag without its value is `true`, which no option accepts. */
function optionsOf({ port, room, key }: Readonly<Record<string, unknown>>): SandboxOptions {
  const digits = typeof port === "string" && /^\d+$/.test(port);
  return {
    port: (digits ? Number(port) : port) as number | undefined,
    roomId: room as string | undefined,
    apiKey: key as string | undefined,
  };
}

/** Prints how to reach the sandbox, and waits for Ctrl+C. */
async function serve(sandbox: Sandbox): Promise<void> {
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  console.log(`A stand-in for Telnyx's room tokens. It does not prove what Telnyx does.

export TELNYX_BASE_URL=${sandbox.url}
export TELNYX_API_KEY=${shellWord(sandbox.apiKey)}
export TELNYX_ROOM_ID=${sandbox.roomId}

The endpoint for a page: ${sandbox.endpoint}

Ctrl+C ends it.`);
  await ended;
  await sandbox.close();
}

/** A text as one word of a shell, in quotes only where it needs them. */
function shellWord(text: string): string {
  return /^[\w%+,./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Prints what is wrong with the arguments. */
function usageError(sentence: string): number {
  console.error(`${sentence} See: telnyx-room-tokens --help`);
  return WRONG_USAGE;
}
