import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { API_KEY, findCanaries, REFRESH_TOKEN } from "./canaries.ts";
import { FaultServer, GRANT, http, type Misbehaviour, send } from "./server.ts";

const SOURCE = new URL("../../src/index.ts", import.meta.url).href;
/** Far below the ten minutes for which the deadline or the signal of the script would keep the process. */
const GIVEN_UP_MS = 50_000;

/** Runs a script of this folder. */
async function run(script: string, args: string[], env = {}): Promise<{ stdout: string; stderr: string }> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const options = { timeout: GIVEN_UP_MS, env: { ...process.env, ...env } };
  return promisify(execFile)(process.execPath, ["--import", "tsx", path, ...args], options);
}

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
  const outcome = await run("one-call.mjs", [server.origin, SOURCE, ...more]);
  await server.close();
  expect(outcome).toEqual({ stdout: `${printed}\n`, stderr: "" });
});

test("a process that logs its errors in every way, and dies of one, writes no secret", async () => {
  const died = run("careless-child.ts", [], { TELNYX_API_KEY: API_KEY, REFRESH_TOKEN });
  const { code, stdout, stderr } = await died.then(
    () => expect.fail("it lived"),
    (failed) => failed,
  );
  expect(code).toBe(1);
  expect(stdout.match(/RoomTokenError/g)?.length).toBeGreaterThan(5);
  expect(stderr.match(/\[redacted\]/g)?.length).toBeGreaterThan(1);
  expect(stderr).toMatch(/code: 'forbidden'/);
  expect(findCanaries(stdout + stderr)).toEqual([]);
});
