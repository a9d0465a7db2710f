import { join } from "node:path";
import { describeFetchStyle, MODULES, useProject } from "./fetch-style.ts";

const BUN = join(MODULES, "bun/bin/bun.exe"); // its name on every system

describeFetchStyle("Bun", useProject(), [BUN]);
