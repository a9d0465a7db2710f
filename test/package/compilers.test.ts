import { execFile } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";

const project = inject("project");

const COMPILERS = ["5.0", "5.4", "5.9", "6.0", "7.0"];
const MODULES = [
  { moduleResolution: "node16", module: "node16" },
  { moduleResolution: "nodenext", module: "nodenext" },
  { moduleResolution: "bundler", module: "esnext" },
];
const PLATFORMS = [
  { platform: "the DOM", lib: ["es2022", "dom"], types: [] },
  { platform: "@types/node", lib: ["es2022"], types: ["node"] },
];
const CASES = COMPILERS.flatMap((compiler) =>
  MODULES.flatMap((modules) => PLATFORMS.map((platform) => ({ compiler, ...modules, ...platform }))),
);

beforeAll(() => {
  cpSync(join(import.meta.dirname, "consumer"), project, { recursive: true });
  for (const name of ["@types/node", "undici-types"]) {
    cpSync(join(import.meta.dirname, "node_modules", name), join(project, "node_modules", name), {
      recursive: true,
    });
  }
});

/** Compiles a file of the consumer's project, and gives what the compiler says. */
function compile(compiler: string, file: string, options: object): Promise<string> {
  const name = `tsconfig-${Object.values(options).flat().join("-")}-${compiler}.json`;
  const compilerOptions = {
    ...options,
    target: "es2022",
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  };
  writeFileSync(join(project, name), JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(import.meta.dirname, `node_modules/typescript-${compiler}/bin/tsc`);
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", name], { cwd: project }, (error, stdout) =>
      resolve(error ? stdout || String(error) : stdout),
    );
  });
}

test.concurrent.each(CASES)(
  "TypeScript $compiler compiles a user of everything with $moduleResolution and $platform alone",
  async ({ compiler, module, moduleResolution, lib, types }) => {
    expect(await compile(compiler, "everything.ts", { module, moduleResolution, lib, types })).toBe("");
  },
);

test.concurrent.each(["5.9", "6.0", "7.0"])(
  "TypeScript %s compiles a CommonJS user with nodenext",
  async (compiler) => {
    const options = { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022", "dom"], types: [] };
    expect(await compile(compiler, "commonjs.cts", options)).toBe("");
  },
);
