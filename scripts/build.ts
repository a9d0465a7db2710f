/** Makes dist/ by plain tsc; anew each time, so that nothing of an earlier build gets packed. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
process.exitCode = spawnSync(process.execPath, [tsc], { cwd: root, stdio: "inherit" }).status ?? 1;
