import { spawn } from "node:child_process";
import { join } from "node:path";

/** How a script ended and what it printed. */
export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the scripts of the repository (or of a copy of it) as `npm run` would. */
export function runScript(root: string, script: string, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, ["--import", "tsx", join("scripts", script), ...args], { cwd: root });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
