import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeBackEnd, describeUnfilled, type Start } from "../../back-ends/cases.ts";
import { startProgram } from "../../back-ends/program.ts";
import { fillIn, recipe } from "../../back-ends/recipes.ts";
import { MODULES } from "../runtimes.ts";
import { useProject } from "./fetch-style.ts";

const WRANGLER = join(MODULES, "wrangler/bin/wrangler.js");
const { code } = recipe("worker");
const cwd = useProject("hono");

/** Starts wrangler with the recipe, its configuration and a file of secrets. */
function starter(text: string): Start {
  return (telnyx) => {
    const secrets = Object.entries(telnyx).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(cwd, "worker.ts"), text);
    writeFileSync(join(cwd, "wrangler.jsonc"), recipe("wrangler").code);
    writeFileSync(join(cwd, ".dev.vars"), secrets.join(""));
    return startProgram((port) => {
      const where = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
      const command = [process.execPath, WRANGLER, "dev", ...where] as const;
      return { command, cwd, env: { WRANGLER_SEND_METRICS: "false" } };
    });
  };
}

describeUnfilled("Hono on a worker", starter(code));
describeBackEnd("Hono on a worker", starter(fillIn(code, 'c.req.header("cookie")')));
