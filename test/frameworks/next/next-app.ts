import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build as bundle } from "esbuild";

const HERE = import.meta.dirname;

/** One way to build and run the app of this folder. */
export interface Variant {
  readonly folder: "next-14" | "next-16";
  readonly env: Record<string, string>;
}

/** Puts the sources of the app where its version of Next is, with nothing built there. */
export async function layOut({ folder }: Variant): Promise<void> {
  const to = join(HERE, folder);
  for (const name of [".next", "app"]) rmSync(join(to, name), { recursive: true, force: true });
  for (const name of ["app", "next.config.mjs"])
    cpSync(join(HERE, name), join(to, name), { recursive: true });
  // As JavaScript: a TypeScript file would make Next look for a compiler and a tsconfig.json.
  await bundle({
    entryPoints: [join(HERE, "../react/use-room-token.ts")],
    outfile: join(to, "app/room/use-room-token.js"),
  });
}

/** Runs `next build`; rejects where it is not green. */
export async function build(variant: Variant): Promise<void> {
  const next = run(variant, "build");
  const status = await next.ended;
  if (status !== 0) throw new Error(`next build ended with ${status}: ${next.output()}`);
}

/** A started app. */
export interface RunningApp {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Runs `next start` on a free port, and waits until it is ready at the address that it prints. */
export async function start(variant: Variant): Promise<RunningApp> {
  const next = run(variant, "start", "--port", "0", "--hostname", "127.0.0.1");
  const url = await new Promise<string>((resolve, reject) => {
    next.child.stdout.on("data", () => {
      const [, address] = /(http:\/\/127\.0\.0\.1:\d+)[\s\S]*Ready in/.exec(next.output()) ?? [];
      if (address !== undefined) resolve(address);
    });
    next.ended.then((status) => reject(new Error(`next start ended with ${status}: ${next.output()}`)));
  });
  const stop = () => {
    next.child.kill();
    return next.ended;
  };
  return { url, stop };
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Its exit status. */
  readonly ended: Promise<number | null>;
}

function run({ folder, env }: Variant, ...args: string[]): Running {
  const cwd = join(HERE, folder);
  const next = createRequire(join(cwd, "package.json")).resolve("next/dist/bin/next");
  const settings = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
  const child = spawn(process.execPath, [next, ...args], {
    cwd,
    env: { ...process.env, ...settings, ...env },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      printed += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, output: () => printed, ended };
}
