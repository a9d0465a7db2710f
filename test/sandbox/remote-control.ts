import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from "./answers.ts";
import { DEFAULT_SETTINGS, type PlannedFailure, type SandboxSettings } from "./controls.ts";
import type { SandboxServer } from "./server.ts";

/** Everything below this path steers the sandbox and is no part of the API. */
export const CONTROL_PREFIX = "/_sandbox";

type Command = (sandbox: SandboxServer, body: Record<string, unknown>) => unknown;

const FAILURE_MEMBERS: readonly (keyof PlannedFailure)[] = ["count", "status", "headers", "body", "drop"];

/** One command per method of the handle; each answers with what a test would like to know after it. */
const COMMANDS: Readonly<Record<string, Command>> = {
  "GET ": ({ url, apiKey, roomIds, settings }) => ({ url, apiKey, roomIds, settings }),
  "GET /requests": ({ requestCount, requests }) => ({ requestCount, requests }),
  "POST /settings": (sandbox, body) => {
    sandbox.set(only<SandboxSettings>(body, Object.keys(DEFAULT_SETTINGS)));
    return sandbox.settings;
  },
  "POST /fail-next": (sandbox, body) => {
    sandbox.failNext(only<PlannedFailure>(body, FAILURE_MEMBERS));
    return {};
  },
  "POST /revoke-refresh-tokens": (sandbox) => {
    sandbox.revokeRefreshTokens();
    return {};
  },
  "POST /accepts": (sandbox, { token, roomId }) => {
    return { accepted: sandbox.accepts(String(token), roomId === undefined ? undefined : String(roomId)) };
  },
  "POST /reset": (sandbox) => {
    sandbox.reset();
    return sandbox.settings;
  },
};

/** Pages of every origin may steer: it is the tests' page, and there is nothing here worth guarding. */
const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };

/** Runs the command that a request to the control path stands for. */
export function control(sandbox: SandboxServer, request: SandboxRequest): SandboxAnswer {
  const answer = run(sandbox, request);
  return { ...answer, headers: { ...answer.headers, ...CORS } };
}

function run(sandbox: SandboxServer, request: SandboxRequest): SandboxAnswer {
  if (request.method === "OPTIONS") return { status: 204, headers: {}, body: "" };
  const name = `${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`;
  const command = COMMANDS[name];
  if (!command) return jsonAnswer(404, { message: `there is no ${name}`, commands: Object.keys(COMMANDS) });
  try {
    return jsonAnswer(200, command(sandbox, JSON.parse(request.body || "{}")));
  } catch (failure) {
    return jsonAnswer(400, { message: String(failure) });
  }
}

/** Refuses unknown members: with a misspelt one a test would prove nothing. */
function only<T extends object>(body: Record<string, unknown>, known: readonly string[]): Partial<T> {
  const unknown = Object.keys(body).filter((member) => !known.includes(member));
  if (unknown.length > 0) throw new TypeError(`unknown: ${unknown.join(", ")}; known: ${known.join(", ")}`);
  return body as Partial<T>;
}
