import { defaultPathSerializer } from "openapi-fetch";
import type { paths } from "../generated/rooms-client-tokens.ts";
import type { Answer } from "./transport.ts";

export type { paths } from "../generated/rooms-client-tokens.ts";

const CREATE = "/rooms/{room_id}/actions/generate_join_client_token";
const REFRESH = "/rooms/{room_id}/actions/refresh_client_token";

type RequestBody<Path extends keyof paths> =
  paths[Path]["post"]["requestBody"]["content"]["application/json"];
type ResponseData<Path extends keyof paths> = NonNullable<
  paths[Path]["post"]["responses"][201]["content"]["application/json"]["data"]
>;

export type CreateBody = RequestBody<typeof CREATE>;
export type RefreshBody = RequestBody<typeof REFRESH>;
export type CreateData = ResponseData<typeof CREATE>;
export type RefreshData = ResponseData<typeof REFRESH>;

/** Sends a JSON text to a URL by POST, and brings the whole answer. */
export type Exchange = (url: string, body: string) => Promise<Answer>;

/** The two operations of the fragment, typed by it. */
export interface Bindings {
  create(roomId: string, body: CreateBody, exchange: Exchange): Promise<Answer>;
  refresh(roomId: string, body: RefreshBody, exchange: Exchange): Promise<Answer>;
}

/**
 * Makes the bindings; the only place that knows openapi-fetch. Of that its path templates are used and not its
 * client, which is made to wrap a `Request` and a `Response`: here a URL goes out and a whole answer comes back.
 */
export function createBindings(baseUrl: string): Bindings {
  const post = <Path extends keyof paths>(
    path: Path,
    parameters: paths[Path]["post"]["parameters"]["path"],
    body: RequestBody<Path>,
    exchange: Exchange,
  ) => exchange(defaultPathSerializer(baseUrl + path, parameters), JSON.stringify(body));
  return {
    create: (room_id, body, exchange) => post(CREATE, { room_id }, body, exchange),
    refresh: (room_id, body, exchange) => post(REFRESH, { room_id }, body, exchange),
  };
}
