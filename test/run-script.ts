import { execFile } from "node:child_process";
import { join } from "node:path";

/** How a script ended and what it printed. */
interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a script runs: the repository or a copy of it, by default in the environment of the tests. */
interface Place {
  readonly root: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs one of the scripts as `npm run` would. */
export function runScript({ root, env }: Place, script: string, ...args: string[]): Promise<Ran> {
  const command = ["--import", "tsx", join("scripts", script), ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { cwd: root, env }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode, stdout, stderr });
    });
  });
}
