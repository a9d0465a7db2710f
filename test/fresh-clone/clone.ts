/** A copy of the repository as a newcomer has it, and how its commands are run there. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

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

/** Runs a line of shell to its end and returns what it printed. Throws that if the line failed. */
export function run(command: string, cwd: string): string {
  const options = { cwd, env: environment(), shell: true, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr } = spawnSync(command, options);
  if (status === 0) return stdout;
  throw new Error(`${command}: ended with ${status}\n${stdout}${stderr}`);
}

/** Starts a line of shell that serves, and waits until what it has printed matches `ready`. */
export async function serve(command: string, cwd: string, ready: RegExp) {
  // A process group of its own, as a terminal makes it.
  const child = spawn(command, { cwd, env: environment(), shell: true, detached: true, stdio: "pipe" });
  const signalGroup = (signal: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, signal);
  let [output, isRunning] = ["", true];
  onTestFinished(() => void (isRunning && signalGroup("SIGKILL")));
  const closed = once(child, "close").then(([status]) => {
    isRunning = false;
    return new Error(`${command}: ended with ${status}\n${output}`);
  });
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        output += chunk;
        if (ready.test(output)) resolve();
      });
    }
    closed.then(reject);
  });
  return {
    output,
    /** Ends it as Ctrl+C does, and waits until every process of it has ended. */
    stop: async () => {
      signalGroup("SIGINT");
      await closed;
    },
  };
}
