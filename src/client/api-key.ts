import { assertArgument, invalidArgument, type Rule } from "../errors/arguments.ts";
import { redactor } from "../errors/redact.ts";
import { RoomTokenError } from "../errors/room-token-error.ts";
import { isControlFlow, sanitizeError } from "../errors/thrown-error.ts";
import { abortReason } from "../lib/abort.ts";
import { withDeadline } from "../lib/deadline.ts";
import { environmentVariable, isPage } from "../lib/platform.ts";
import { peek } from "../lib/values.ts";

type KeyFunction = () => string | Promise<string>;

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const QUOTED = /^(["']).*\1$/;
const IN_A_PAGE =
  "must not be set in a web page, where anyone can read it: create tokens on a server, and pass apiKey: null here " +
  "(or set dangerouslyAllowBrowser). In jsdom or happy-dom, test server code in the Node environment";

const API_KEY: Rule = (key) => {
  if (key === "") return "must be a key, not an empty string: pass null for no key";
  if (typeof peek(key, "then") === "function")
    return "must be a key, not a promise: await it, or pass a function";
  if (typeof key !== "string") return "must be a string";
  if (!VISIBLE_ASCII.test(key))
    return "must be the bare key, in visible ASCII characters: no spaces, no line breaks, no Bearer before it";
  if (QUOTED.test(key))
    return "must be the bare key: remove the quotes around it (docker's --env-file keeps them)";
  return undefined;
};

/**
 * The option, or the key of the environment; undefined for none.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function chooseApiKey(
  option: string | KeyFunction | null | undefined,
  allowBrowser: boolean,
): string | KeyFunction | undefined {
  const name = option === undefined ? "TELNYX_API_KEY" : "apiKey";
  const key = option === undefined ? environmentVariable(name) : option;
  if (key === undefined || key === null) return undefined;
  if (typeof key !== "function") assertArgument(name, key, API_KEY);
  if (isPage() && !allowBrowser) throw invalidArgument(name, IN_A_PAGE);
  return key;
}

/**
 * The key to send with a create. A key function is called once, within `timeoutMs`.
 *
 * @throws RoomTokenError `missing_api_key`, `invalid_argument`
 * @throws what a framework's control flow throws in the key function, and the reason of `signal`
 */
export async function resolveApiKey(
  apiKey: string | KeyFunction | undefined,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (signal?.aborted) throw abortReason(signal);
  if (typeof apiKey === "string") return apiKey;
  if (apiKey === undefined) throw missingApiKey("no API key: pass apiKey, or set TELNYX_API_KEY");
  const onTimeout = async () => {
    throw missingApiKey(`the apiKey function returned no key within ${timeoutMs} ms`);
  };
  return withDeadline(() => callKeyFunction(apiKey), timeoutMs, signal, onTimeout);
}

async function callKeyFunction(apiKey: KeyFunction): Promise<string> {
  let key: string;
  try {
    key = await apiKey();
  } catch (thrown) {
    if (isControlFlow(thrown)) throw thrown; // the function may call fetch, for a vault say
    throw missingApiKey("the apiKey function failed", sanitizeError(thrown, redactor([])));
  }
  if (!key) throw missingApiKey("the apiKey function returned no key");
  assertArgument("what the apiKey function returns", key, API_KEY, "create");
  return key;
}

function missingApiKey(problem: string, cause?: Error): RoomTokenError {
  const message = `Creating a room client token failed: ${problem}`;
  return new RoomTokenError("missing_api_key", message, { operation: "create", cause });
}
