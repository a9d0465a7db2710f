import type { BearerSource } from "./attempt.ts";
import { checkApiKey } from "./checks.ts";
import { RoomTokenError } from "./errors.ts";
import { copyOf } from "./failures.ts";
import { scrubber } from "./scrub.ts";

/** The bearer of create from a checked key, or from a function that is asked for one on every attempt. */
export function keySource(apiKey: string | (() => string | Promise<string>)): BearerSource {
  return {
    ask: async () => (typeof apiKey === "string" ? apiKey : askFor(apiKey)),
    tooLate: (timeoutMs) => missingApiKey(`the apiKey function gave no key within ${timeoutMs} ms`),
  };
}

async function askFor(apiKey: () => string | Promise<string>): Promise<string> {
  const key = await Promise.resolve()
    .then(apiKey)
    .catch((thrown: unknown) => {
      throw missingApiKey("the apiKey function failed", copyOf(thrown, scrubber([])));
    });
  if (!key) throw missingApiKey("the apiKey function gave no key");
  checkApiKey("what the apiKey function gives", key, "create");
  return key;
}

export function missingApiKey(problem: string, cause?: Error): RoomTokenError {
  const message = `Creating a room client token failed: ${problem}`;
  return new RoomTokenError("missing_api_key", message, { operation: "create", cause });
}
