import { spawn } from "node:child_process";
import { join } from "node:path";

/** How a script ended and what it printed. */
interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a script runs. */
interface Place {
  /** The repository, or a copy of it. */
  readonly root: string;
  /** @default the environment of the tests */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs one of the scripts as `npm run` would. */
export function runScript({ root, env }: Place, script: string, ...args: string[]): Promise<Ran> {
  const command = ["--import", "tsx", join("scripts", script), ...args];
  const child = spawn(process.execPath, command, { cwd: root, env: env ?? process.env });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
