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
  readonly command: readonly [string, ...string[]];
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
}

const MODULES = join(import.meta.dirname, "node_modules");

function versionOf(command: string, ...args: string[]): string {
  const output = execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const version = /\d+(\.\d+)+/.exec(output)?.[0];
  if (version === undefined) throw new Error(`${command} does not tell its version: ${output}`);
  return version;
}

function node(release: string): Runtime {
  const binary = join(MODULES, `node-v${release}/bin/node`);
  return {
    name: `Node ${release}`,
    version: () => versionOf(binary, "--version"),
    expected: (version) => `node ${version}`,
    command: [binary],
    config: "servers.config.ts",
  };
}

const DENO = join(MODULES, "deno/bin.cjs");
const BUN = join(MODULES, "bun/bin/bun.exe"); // its name on every system

/** The runtimes that npm installs. */
export const SERVERS: readonly Runtime[] = [
  ...["20", "22", "24", "26"].map(node),
  {
    name: "Deno",
    version: () => versionOf(process.execPath, DENO, "--version"),
    expected: (version) => `deno ${version}`,
    command: [process.execPath, DENO, "run", "-A"],
    config: "servers.config.ts",
    env: { DENO_NO_UPDATE_CHECK: "1" },
  },
  {
    name: "Bun",
    version: () => versionOf(BUN, "--version"),
    expected: (version) => `bun ${version}`,
    command: [BUN, "--bun"],
    config: "servers.config.ts",
  },
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

function browser(name: string, ask: readonly [string, ...string[]], expected: Runtime["expected"]): Runtime {
  const version = (): string => {
    try {
      return versionOf(...ask);
    } catch (cause) {
      const all = "apt-get install chromium firefox-esr webkit2gtk-driver xvfb";
      throw new Error(`${name} is missing: ${all}`, { cause });
    }
  };
  const env = { RUNTIME_BROWSER: name.toLowerCase() };
  return { name, version, expected, command: [process.execPath], config: "browsers.config.ts", env };
}

const majorOf = (version: string): string | undefined => version.split(".")[0];

/** The browsers that Debian has. */
export const BROWSERS: readonly Runtime[] = [
  browser("Chromium", ["/usr/bin/chromium", "--version"], (version) => `Chrome/${majorOf(version)}.`),
  browser("Firefox", ["/usr/bin/firefox-esr", "--version"], (version) => `Firefox/${majorOf(version)}.`),
  browser(
    "WebKit",
    ["dpkg-query", "--show", "webkit2gtk-driver"],
    () => "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/", // Chromium's has no Version
  ),
];
