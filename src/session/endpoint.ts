import { hasCacheMode } from "../lib/platform.ts";

/** Sends its input, which a session gives to `create` or `refresh`, as JSON without the signal. */
type Post = (input: { readonly refreshToken?: string; readonly signal: AbortSignal }) => Promise<Response>;

/**
 * The functions of a session that uses one route of the back end: `POST` with the body `{}` for a new grant, or with
 * `{"refreshToken":"…"}` for a new token.
 */
export function endpointFunctions(url: string): { readonly create: Post; readonly refresh: Post } {
  const post: Post = ({ signal, ...body }) =>
    globalThis.fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      redirect: "manual", // a redirect usually leads to a login page
      ...(hasCacheMode() && { cache: "no-store" }),
      signal,
    });
  return { create: post, refresh: post };
}
