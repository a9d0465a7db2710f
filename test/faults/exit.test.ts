import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { GRANT } from "./connection-faults.ts";
import { FaultServer, http, type Misbehaviour, send } from "./server.ts";

const SCRIPT = fileURLToPath(new URL("./one-call.mjs", import.meta.url));
const SOURCE = new URL("../../src/index.ts", import.meta.url).href;
/** Far below the ten minutes for which the deadline or the signal of the script would keep the process. */
const GIVEN_UP_MS = 50_000;

const keptAlive: Misbehaviour = (socket) => void socket.write(http(201, GRANT, { connection: "keep-alive" }));
const retriedOnce = (): Misbehaviour => {
  const answers = [http(503, "", { "retry-after": "0" }), http(201, GRANT)];
  return (socket, request) => send(answers.shift() ?? "")(socket, request);
};

test.each([
  ["a call on a connection that stays open", () => keptAlive, [], "true"],
  ["a call with a signal of 10 min", () => keptAlive, ["600000"], "true"],
  ["a call that was repeated", retriedOnce, [], "true"],
  ["a call that was refused, with a signal of 10 min", () => send(http(403)), ["600000"], "forbidden"],
])("a process that has made %s ends by itself", async (_, misbehave, more, printed) => {
  const server = await FaultServer.start(misbehave());
  const args = ["--import", "tsx", SCRIPT, server.origin, SOURCE, ...more];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: GIVEN_UP_MS });
  await server.close();
  expect({ stdout, stderr }).toEqual({ stdout: `${printed}\n`, stderr: "" });
});
