import type { BearerSource } from "./attempt.ts";
import { checkApiKey } from "./checks.ts";
import { RoomTokenError } from "./errors.ts";
import { copyOf } from "./failures.ts";
import { scrubber } from "./scrub.ts";

/** The key itself, a function that gives it (asked on every attempt), or null for none. */
export type ApiKey = string | null | (() => string | Promise<string>);

/** The API key as the bearer of create. */
export class KeySource implements BearerSource {
  readonly #apiKey: string | (() => string | Promise<string>);

  constructor(apiKey: string | (() => string | Promise<string>)) {
    this.#apiKey = apiKey;
  }

  async ask(): Promise<string> {
    if (typeof this.#apiKey === "string") return this.#apiKey;
    const ask = this.#apiKey;
    let key: unknown;
    try {
      key = await ask();
    } catch (thrown) {
      throw missingApiKey("the apiKey function failed", copyOf(thrown, scrubber([])));
    }
    if (key === undefined || key === null || key === "")
      throw missingApiKey("the apiKey function gave no key");
    return checkApiKey("what the apiKey function gives", key, "create");
  }

  tooLate(timeoutMs: number): RoomTokenError {
    return missingApiKey(`the apiKey function gave no key within ${timeoutMs} ms`);
  }
}

export function missingApiKey(problem: string, cause?: Error): RoomTokenError {
  return new RoomTokenError("missing_api_key", `Creating a room client token failed: ${problem}`, {
    operation: "create",
    cause,
  });
}
