import { assertArgument, type Rule } from "../errors/arguments.ts";
import { environmentVariable } from "../lib/platform.ts";

export const DEFAULT_BASE_URL = "https://api.telnyx.com/v2";
/** "https://api.telnyx.com/v2": scheme, host with port, path. Read by a pattern: React Native has no URL getters. */
const URL_PARTS = /^(https?):\/\/([^\s/?#@\\]+?)(?::\d{1,5})?(?:\/[^\s?#\\]*)?$/i;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/**
 * The base URL of a client, from its option or the environment, without slashes at its end.
 *
 * @throws RoomTokenError `invalid_argument`
 */
export function chooseBaseUrl(option: string | undefined, allowInsecureHttp: boolean): string {
  const name = option === undefined ? "TELNYX_BASE_URL" : "baseUrl";
  const url = option === undefined ? (environmentVariable(name) ?? DEFAULT_BASE_URL) : option;
  assertArgument(name, url, baseUrlRule(allowInsecureHttp));
  let end = url.length;
  while (url[end - 1] === "/") end--; // a pattern would take seconds for 40,000 slashes
  return url.slice(0, end);
}

function baseUrlRule(allowInsecureHttp: boolean): Rule {
  return (url) => {
    const [, scheme, host = ""] = (typeof url === "string" && URL_PARTS.exec(url)) || [];
    if (scheme === undefined || !isUrl(url)) return "must be an http(s) URL without user, query and fragment";
    const isSecure = scheme.toLowerCase() === "https" || allowInsecureHttp || LOOPBACK.test(host);
    return isSecure
      ? undefined
      : "must be an https URL (or set allowInsecureHttp), except for a loopback host";
  };
}

function isUrl(text: unknown): boolean {
  try {
    return new URL(String(text)) !== undefined; // it throws for a text that is not a URL
  } catch {
    return false;
  }
}
