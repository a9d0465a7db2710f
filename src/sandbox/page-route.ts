import { RoomTokenClient } from "../client/client.ts";
import { createTokenResponse } from "../client/token-response.ts";
import { type HttpRequest, type HttpResponse, headersOf, jsonResponse } from "./responses.ts";
import type { StandIn } from "./stand-in.ts";
import { API_PREFIX } from "./token-api.ts";

const ROUTE = /^\/rooms\/([^/]+)\/token$/;
const LOOPBACK_ORIGIN = /^https?:\/\/(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** Where a page gets the tokens of a room. */
export const endpointPath = (roomId: string): string => `/rooms/${roomId}/token`;

/**
 * Plays the back end of a page, so that the page can be tried before its back end exists. Its client calls the
 * stand-in, so a fault of the stand-in reaches the page as one of Telnyx would reach it through a back end.
 */
export class PageRoute {
  readonly #standIn: StandIn;
  readonly #roomTokens: RoomTokenClient;

  constructor(standIn: StandIn) {
    this.#standIn = standIn;
    this.#roomTokens = new RoomTokenClient({
      apiKey: standIn.apiKey,
      baseUrl: `http://127.0.0.1${API_PREFIX}`,
      fetch: standIn.fetch,
      dangerouslyAllowBrowser: true, // jsdom and happy-dom look like a page
    });
  }

  matches({ path }: HttpRequest): boolean {
    return ROUTE.test(path);
  }

  /** @param signal Aborts when nobody waits for the response any more. */
  async respond(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const cors = corsHeaders(request.headers);
    if (request.method === "OPTIONS") return { status: 204, headers: cors, body: "" };
    const { status, headers, body } = await this.#respondToPage(request, signal);
    return { status, headers: { date: this.#standIn.dateHeader(), ...headers, ...cors }, body };
  }

  async #respondToPage(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { method, path, body: requestBody } = request;
    if (method !== "POST") return jsonResponse(405, { title: "This route takes a POST." });
    const [, roomId] = ROUTE.exec(path) ?? [];
    const { status, headers, body } = await createTokenResponse(this.#roomTokens, roomId, {
      requestBody,
      signal,
    });
    return { status, headers: headersOf(headers), body: JSON.stringify(body) };
  }
}

/** Lets pages of loopback origins, and no others, read what they could read of their own back end. */
function corsHeaders(headers: HttpRequest["headers"]): Record<string, string> {
  const { origin = "", "access-control-request-headers": requestHeaders = "" } = headers;
  if (!LOOPBACK_ORIGIN.test(origin)) return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": requestHeaders,
    "access-control-expose-headers": "Date, Retry-After, X-Request-Id",
  };
}
