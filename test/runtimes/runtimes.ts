import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the suite is run. */
export interface Runtime {
  readonly name: string;
  /** Asks the runtime itself; throws where it is not installed. */
  readonly version: () => string;
  /** What the runtime says about itself when the suite runs on it. */
  readonly expected: (version: string) => string;
  /** What runs vitest. */
  readonly command: Command;
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
}

export type Command = readonly [string, ...string[]];

export const MODULES: string = join(import.meta.dirname, "node_modules");
export const DENO = [process.execPath, join(MODULES, "deno/bin.cjs")] as const;
export const BUN: string = join(MODULES, "bun/bin/bun.exe"); // its name on every system

function versionOf([command, ...args]: Command): string {
  const output = execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const version = /\d+(\.\d+)+/.exec(output)?.[0];
  if (version === undefined) throw new Error(`${command} does not tell its version: ${output}`);
  return version;
}

/** A runtime that runs vitest itself, with these arguments. */
function server(name: string, command: Command, ...args: string[]): Runtime {
  return {
    name,
    version: () => versionOf([...command, "--version"]),
    expected: (version) => `${name.split(" ")[0]?.toLowerCase()} ${version}`,
    command: [...command, ...args],
    config: "servers.config.ts",
    env: { DENO_NO_UPDATE_CHECK: "1" },
  };
}

/** The runtimes that npm installs. */
export const SERVERS: readonly Runtime[] = [
  ...["20", "22", "24", "26"].map((release) =>
    server(`Node ${release}`, [join(MODULES, `node-v${release}/bin/node`)]),
  ),
  server("Deno", DENO, "run", "-A"),
  server("Bun", [BUN], "--bun"),
  {
    name: "workerd",
    version: () => JSON.parse(readFileSync(join(MODULES, "workerd/package.json"), "utf8")).version,
    expected: () => "Cloudflare-Workers",
    command: [process.execPath],
    config: "workerd.config.ts",
  },
  {
    name: "back-ends", // the recipes of docs/back-ends.md that run on Bun, Deno and workerd, called from Node
    version: () => process.versions.node,
    expected: () => "",
    command: [process.execPath],
    config: "back-ends.config.ts",
  },
];

function browser(name: string, ask: Command, expected: Runtime["expected"]): Runtime {
  const version = (): string => {
    try {
      return versionOf(ask);
    } catch (cause) {
      const all = "apt-get install chromium firefox-esr webkit2gtk-driver xvfb";
      throw new Error(`${name} is missing: ${all}`, { cause });
    }
  };
  const env = { RUNTIME_BROWSER: name.toLowerCase() };
  return { name, version, expected, command: [process.execPath], config: "browsers.config.ts", env };
}

const majorOf = (version: string): string => version.split(".", 1).join();

/** The browsers that Debian has. */
export const BROWSERS: readonly Runtime[] = [
  browser("Chromium", ["/usr/bin/chromium", "--version"], (version) => `Chrome/${majorOf(version)}.`),
  browser("Firefox", ["/usr/bin/firefox-esr", "--version"], (version) => `Firefox/${majorOf(version)}.`),
  // Chromium's says the same, but for the Version.
  browser("WebKit", ["dpkg-query", "--show", "webkit2gtk-driver"], () => "(KHTML, like Gecko) Version/"),
];
