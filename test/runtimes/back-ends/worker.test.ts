import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeBackEnd, describeUnfilled, type Start } from "../../back-ends/cases.ts";
import { describePage } from "../../back-ends/chromium.ts";
import { freePort, startProgram } from "../../back-ends/program.ts";
import { fillIn, recipe } from "../../back-ends/recipes.ts";
import { MODULES, SUITE, useProject } from "./fetch-style.ts";

const WRANGLER = join(MODULES, "wrangler/bin/wrangler.js");
const { code } = recipe("worker");
const filledIn = fillIn(code, 'c.req.header("cookie")');

const project = useProject("hono");

/** Starts wrangler with the recipe, its configuration and a file of secrets. */
function starter(text: string): Start {
  return async (telnyx) => {
    const port = await freePort();
    const secrets = Object.entries(telnyx).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(project, "worker.ts"), text);
    writeFileSync(join(project, "wrangler.jsonc"), recipe("wrangler").code);
    writeFileSync(join(project, ".dev.vars"), secrets.join(""));
    const where = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
    return startProgram({
      command: [process.execPath, WRANGLER, "dev", ...where],
      cwd: project,
      env: { WRANGLER_SEND_METRICS: "false" },
      port,
    });
  };
}

describeUnfilled("Hono on a worker", starter(code));
describeBackEnd("Hono on a worker", starter(filledIn));
describePage("Hono on a worker", starter(filledIn), SUITE);
