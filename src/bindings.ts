import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../generated/rooms-client-tokens.ts";
import { LightRequest, type TransportSettings } from "./transport/request.ts";
import { transport } from "./transport/transport.ts";

export const CREATE = "/rooms/{room_id}/actions/generate_join_client_token";
export const REFRESH = "/rooms/{room_id}/actions/refresh_client_token";

/** An optional member may also be given as undefined: JSON leaves it out. Only a required one fits the `Record`. */
type OrUndefined<T> = {
  [Member in keyof T]: OrUndefined<T[Member]> | (T extends Record<Member, unknown> ? never : undefined);
};
type Paths = OrUndefined<paths>;

/** Both operations of the fragment, typed by it, with our transport in the place of `fetch`. */
export type Bindings = Client<Paths, "application/json">;

/** All that a call may be made with. openapi-fetch itself would take any further member, also of the body. */
export interface Init<Path extends keyof paths> {
  readonly params: { readonly path: paths[Path]["post"]["parameters"]["path"] };
  readonly body: OrUndefined<paths[Path]["post"]["requestBody"]["content"]["application/json"]>;
  readonly headers: Record<string, string>;
  readonly settings: TransportSettings;
}

/** @param headers Sent with every call. */
export function createBindings(baseUrl: string, headers: Record<string, string>): Bindings {
  return createClient<Paths, "application/json">({
    baseUrl,
    headers: { accept: "application/json", ...headers },
    // Both have the members that openapi-fetch uses, and not all that a platform's own have.
    Request: LightRequest as unknown as typeof Request,
    fetch: transport as unknown as (request: Request) => Promise<Response>,
  });
}
