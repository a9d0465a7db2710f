/** A copy of the repository as a newcomer has it, and how its commands are run there. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** Copies the files that git tracks, as they are now, into a new folder outside the repository. */
export function copyRepository(): string {
  // In a container the files may belong to another user, which git refuses unless it is told.
  const git = ["-c", "safe.directory=*", "ls-files", "-z"];
  const files = execFileSync("git", git, { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
  const folder = mkdtempSync(join(tmpdir(), "fresh-clone-"));
  for (const file of files) {
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(folder, file));
  }
  return folder;
}

/** A newcomer's environment: no key, nothing that npm and vitest have set, no programs of our own node_modules. */
function environment(): NodeJS.ProcessEnv {
  const own = /^(?:TELNYX_|npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|FORCE_COLOR$)/;
  const rest = Object.entries(process.env).filter(([name]) => !own.test(name));
  const programs = join("node_modules", ".bin");
  const path = process.env["PATH"]?.split(delimiter).filter((folder) => !folder.endsWith(sep + programs));
  return { ...Object.fromEntries(rest), PATH: path?.join(delimiter), NO_COLOR: "1" };
}

const running = new Set<ChildProcess>();

/** Starts a line of shell as a process group of its own, as a terminal does. */
function start(command: string, cwd: string): { child: ChildProcess; output: () => string } {
  const child = spawn(command, { cwd, env: environment(), shell: true, detached: true, stdio: "pipe" });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  return { child, output: () => output };
}

/** Runs a line of shell to its end and returns what it printed. Throws that if the line failed. */
export async function run(command: string, cwd: string): Promise<string> {
  const { child, output } = start(command, cwd);
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${command}: ended with ${status}\n${output()}`);
  return output();
}

export interface Running {
  /** What it had printed when it was ready. */
  readonly output: string;
  /** Ends it as Ctrl+C does, and waits until every process of it has ended. */
  stop(): Promise<void>;
}

/** Starts a line of shell that serves, and waits until what it has printed matches `ready`. */
export async function serve(command: string, cwd: string, ready: RegExp): Promise<Running> {
  const { child, output } = start(command, cwd);
  const closed = once(child, "close");
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", () => ready.test(output()) && resolve());
    child.once("close", (status) => reject(new Error(`${command}: ended with ${status}\n${output()}`)));
  });
  return {
    output: output(),
    stop: async () => {
      signalGroup(child, "SIGINT");
      await closed;
    },
  };
}

/** Ends what a failed test has left running. */
export function endAll(): void {
  for (const child of running) signalGroup(child, "SIGKILL");
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}
