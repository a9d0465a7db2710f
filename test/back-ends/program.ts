/** A back end that runs as a process of its own. */
import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../loopback.ts";

export interface BackEnd {
  readonly url: string;
  /** What it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts a program on a free port, and waits until it has answered there, with a whole body. */
export async function startProgram(programOn: (port: number) => Program): Promise<BackEnd> {
  const port = await freePort();
  const { command, cwd, env } = programOn(port);
  const [file, ...args] = command;
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  const url = `http://127.0.0.1:${port}`;
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const answers = async () => (await fetch(url)).text();
  while ((await answers().catch(() => undefined)) === undefined) {
    if (!isAlive()) throw new Error(`${command.join(" ")} ended with ${child.exitCode}: ${output}`);
    await delay(50);
  }
  const stop = async () => {
    if (isAlive()) await new Promise((resolve) => child.once("exit", resolve).kill());
  };
  return { url, output: () => output, stop };
}
