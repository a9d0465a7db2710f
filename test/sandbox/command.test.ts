import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { SandboxBody } from "./helpers.ts";

const script = fileURLToPath(new URL("../../scripts/sandbox.ts", import.meta.url));

/** Starts the command and waits until it has printed how to reach it. */
async function startCommand(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args]);
  const exited = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes("curl")) break;
  }
  return { child, output, exited };
}

it.each(["SIGINT", "SIGTERM"] as const)(
  "npm run sandbox prints a request that works, and ends on %s",
  async (signal) => {
    const { child, output, exited } = await startCommand("--cors");
    const curl = /^curl -X POST (\S+) -H "(Authorization): ([^"]+)" -H "(Content-Type): ([^"]+)" -d "(.*)"$/m;
    const [, url = "", ...rest] = curl.exec(output) ?? [];
    const [authName = "", auth = "", typeName = "", type = "", body = ""] = rest;
    const response = await fetch(url, {
      method: "POST",
      headers: { [authName]: auth, [typeName]: type },
      body,
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const { data } = (await response.json()) as SandboxBody;
    expect(data.token).toMatch(/^ey/);
    expect(output).toContain(`API key  ${auth.replace("Bearer ", "")}`);
    child.kill(signal);
    // Windows has no signals to handle: there the process just ends.
    expect(await exited).toEqual(process.platform === "win32" ? [null, signal] : [0, null]);
  },
);
