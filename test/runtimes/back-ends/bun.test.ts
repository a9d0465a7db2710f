import { BUN } from "../runtimes.ts";
import { describeFetchStyle, useProject } from "./fetch-style.ts";

describeFetchStyle("Bun", useProject(), [BUN]);
