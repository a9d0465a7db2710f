import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../generated/rooms-client-tokens.ts";
import type { BoundedResponse } from "./response.ts";

/** The path of the operation `CreateRoomClientToken`. */
export const CREATE_PATH = "/rooms/{room_id}/actions/generate_join_client_token";
/** The path of the operation `RefreshRoomClientToken`. */
export const REFRESH_PATH = "/rooms/{room_id}/actions/refresh_client_token";

/**
 * Lets every optional member be undefined as well, at any depth: JSON leaves it out. `T` extends the `Record` only if it
 * requires the member.
 */
type OrUndefined<T> = {
  [Member in keyof T]: OrUndefined<T[Member]> | (T extends Record<Member, unknown> ? never : undefined);
};
type Paths = OrUndefined<paths>;

/** Both operations of the fragment, typed by it. */
export type Bindings = Client<Paths, "application/json">;

/** What a request is made with, and nothing else: openapi-fetch itself accepts any further member, also in the body. */
export interface Init<Path extends keyof paths> {
  readonly params: { readonly path: paths[Path]["post"]["parameters"]["path"] };
  readonly body: OrUndefined<paths[Path]["post"]["requestBody"]["content"]["application/json"]>;
  readonly headers: Record<string, string>;
  readonly fetch: OpenapiFetch;
}

/** The `fetch` option of openapi-fetch. */
export type OpenapiFetch = (request: Request) => Promise<Response>;

/** Sends one request that openapi-fetch has built. */
export type Send = (request: LightRequest) => Promise<BoundedResponse>;

/**
 * Makes the two operations, typed by the fragment.
 *
 * @param headers Sent with every request.
 */
export function createBindings(baseUrl: string, headers: Record<string, string>): Bindings {
  return createClient<Paths, "application/json">({
    baseUrl,
    headers: { accept: "application/json", ...headers },
    querySerializer: () => "", // the default one would send what an application has added to Object.prototype
    Request: LightRequest as unknown as typeof Request,
  });
}

/** Casts `send` to the types of openapi-fetch. Ours have all the members that it uses. */
export function openapiFetch(send: Send): OpenapiFetch {
  return send as unknown as OpenapiFetch;
}

/**
 * Stands in for `Request`, which openapi-fetch makes of every request: a platform's own would load Node's fetch at
 * import, and cost as much as the rest of the call.
 */
export class LightRequest {
  readonly url: string;
  /** A plain record, because a caller's own fetch may spread it; names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;

  constructor(url: string, { headers, body }: { readonly headers: Headers; readonly body: string }) {
    this.url = url;
    this.headers = Object.fromEntries(headers); // unlike assignment, it takes a header named __proto__
    this.body = body;
  }
}
