import type { ReadableHeaders } from "../errors/retry-after.ts";
import { InvalidGrant } from "../lib/grant.ts";
import { peek } from "../lib/values.ts";
import { type Grant, type GrantInput, readGrant } from "./grant.ts";

/** The part of a `Response` that a session reads. */
export interface ResponseInput {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: ReadableHeaders;
  json(): Promise<unknown>;
}

/** What `create` and `refresh` may return. The last form is a result of openapi-fetch. */
export type RenewalResult = GrantInput | ResponseInput | { readonly response: ResponseInput };

/**
 * The Response that was returned, or that is a member of what was returned.
 *
 * @throws an error with the `response`, as HTTP libraries throw it, if that is not ok
 */
export function okResponseOf(returned: unknown): ResponseInput | undefined {
  const response = [returned, peek(returned, "response")].find(isResponse);
  if (response === undefined || response.ok) return response;
  const message = `a Response with status ${response.status} that is not ok`;
  throw Object.assign(new Error(message), { response, data: peek(returned, "error") });
}

export function isResponse(value: unknown): value is ResponseInput {
  const has = (name: string) => peek(value, name) !== undefined;
  return has("ok") && has("status") && typeof peek(value, "json") === "function";
}

/**
 * The grant that was returned, or that is the JSON of the Response that was.
 *
 * @throws InvalidGrant
 */
export async function grantOf(returned: unknown): Promise<Grant> {
  return readGrant(isResponse(returned) ? await jsonOf(returned) : returned);
}

async function jsonOf(response: ResponseInput): Promise<unknown> {
  if (peek(response, "bodyUsed") === true) throw new InvalidGrant("a Response whose body was already read");
  try {
    return await response.json();
  } catch {
    throw new InvalidGrant(
      `a Response with status ${response.status} whose body is not JSON (a login page?)`,
    );
  }
}

/**
 * The headers of a Response, or of what an HTTP library has in its place, which may be a record with names in any
 * case. One that cannot be read counts as absent.
 */
export function headersOf(response: unknown): ReadableHeaders {
  const headers = Object(peek(response, "headers"));
  const find = (wanted: string) =>
    Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return {
    get(name) {
      try {
        const value = headers.get?.(name) ?? find(name);
        return typeof value === "string" ? value : null;
      } catch {
        return null;
      }
    },
  };
}
