/** A back end that runs as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { listen } from "../loopback.ts";

export interface BackEnd {
  readonly url: string;
  /** What it has written so far. */
  output(): string;
  isAlive(): boolean;
  stop(): Promise<void>;
}

export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
}

/** A port that was free a moment ago, for a program that cannot say which one it got. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = new URL(await listen(server));
  await new Promise((resolve) => server.close(resolve));
  return Number(port);
}

/** Starts a program, and waits until it answers on its port. */
export async function startProgram({ command, cwd, env, port }: Program): Promise<BackEnd> {
  const [file, ...args] = command;
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (!isAlive(child)) throw new Error(`${command.join(" ")} ended with ${child.exitCode}: ${output}`);
    await delay(50);
  }
  return { url, output: () => output, isAlive: () => isAlive(child), stop: () => stop(child) };
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (isAlive(child)) await new Promise((resolve) => child.once("exit", resolve).kill());
}
