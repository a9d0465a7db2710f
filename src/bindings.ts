import createClient from "openapi-fetch";
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
 * Stands in for `Request`, which would load the runtime's fetch at import, cost a stream per call and make
 * the URL and the body unreadable. It has all members of its init, because openapi-fetch would add what is
 * missing one by one, which is slow.
 */
class LightRequest {
  readonly url: string;
  readonly method: "POST";
  readonly body: string;
  readonly exchange: Exchange;

  constructor(url: string, init: LightRequest) {
    this.url = url;
    this.method = init.method;
    this.body = init.body;
    this.exchange = init.exchange;
  }

  send(): Promise<Answer> {
    return this.exchange(this.url, this.body);
  }
}

/**
 * The same for both operations. The answer is read already: "stream" keeps openapi-fetch from parsing it. The
 * method is what POST sets anyway, which is faster where it is there already.
 */
const INIT = { method: "POST", parseAs: "stream" } as const;

/** Makes the bindings; the only place that knows openapi-fetch. */
export function createBindings(baseUrl: string): Bindings {
  const api = createClient<paths>({
    baseUrl,
    // openapi-fetch only ever constructs its Request and hands it to its fetch, so that the two need to fit
    // one another, not the DOM's types.
    Request: LightRequest as unknown as typeof Request,
    fetch: (request) => (request as unknown as LightRequest).send() as Promise<unknown> as Promise<Response>,
  });
  return {
    create: async (room_id, body, exchange) =>
      answerOf(await api.POST(CREATE, { params: { path: { room_id } }, body, exchange, ...INIT })),
    refresh: async (room_id, body, exchange) =>
      answerOf(await api.POST(REFRESH, { params: { path: { room_id } }, body, exchange, ...INIT })),
  };
}

/** openapi-fetch gives back the very object that its fetch gave, under the name of Response. */
function answerOf(result: { response: Response }): Answer {
  return result.response as unknown as Answer;
}
