import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Summary, summary } from "./statistics.ts";

/** What the compiler has to do for a file that makes one call. */
export interface TypeCheck {
  readonly seconds: Summary;
  readonly files: number;
  readonly instantiations: number;
}

const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const OPTIONS =
  "--noEmit --strict --skipLibCheck --target es2022 --lib es2022,dom,dom.iterable --module nodenext";
/** A folder without packages, so that no ambient types of the project come in. */
const NO_TYPES = fileURLToPath(new URL("one-call", import.meta.url));

/** Type-checks a file of one-call/ as often as asked. */
export function measureTypeCheck(file: string, rounds: number): TypeCheck {
  const path = fileURLToPath(new URL(`one-call/${file}`, import.meta.url));
  const outputs = Array.from({ length: rounds }, () => {
    const args = [TSC, ...OPTIONS.split(" "), "--typeRoots", NO_TYPES, "--extendedDiagnostics", path];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${file} does not compile:\n${stdout}`);
    return stdout;
  });
  const read = (output: string | undefined, what: string): number =>
    Number(new RegExp(`^${what}:\\s+([\\d.]+)`, "m").exec(output ?? "")?.[1]);
  return {
    seconds: summary(outputs.map((output) => read(output, "Total time"))),
    files: read(outputs[0], "Files"),
    instantiations: read(outputs[0], "Instantiations"),
  };
}
