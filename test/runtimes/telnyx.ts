import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { SandboxFault } from "../../src/sandbox/options.ts";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../../src/sandbox/responses.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { listen } from "../loopback.ts";

/** Everything below this path controls the stand-in and is no part of the API. */
const CONTROL = "/control";
const CORS = { "access-control-allow-origin": "*" };
const PREFLIGHT: HttpResponse = {
  status: 204,
  headers: { ...CORS, "access-control-allow-headers": "authorization, content-type" },
  body: "",
};
const REDIRECT: HttpResponse = { status: 307, headers: { location: "/target" }, body: "" };

/**
 * A stand-in for Telnyx that the suite controls over HTTP, because it runs in another process or in a page.
 *
 * @param cors Whether pages of other origins may call the API. They may always control it.
 */
export async function startTelnyx(cors: boolean) {
  const standIn = new StandIn();
  let isCors = cors;
  let followed = 0;

  /** The commands of the suite, each with what it is answered. */
  const commands: Readonly<Record<string, (body: Record<string, unknown>) => unknown>> = {
    "/requests": () => standIn.exchanges,
    "/accepts": ({ token }) => ({ accepted: standIn.accepts(String(token)) }),
    "/fail-next": (fault) => standIn.failNext(fault as SandboxFault),
    "/followed-redirects": () => followed,
    "/revoke-refresh-tokens": () => standIn.revokeRefreshTokens(),
    "/block-pages": () => {
      isCors = false;
    },
    "/reset": () => {
      standIn.reset();
      isCors = cors;
    },
  };

  function control({ method, path, body }: HttpRequest): HttpResponse {
    if (method === "OPTIONS") return PREFLIGHT;
    const command = commands[path.slice(CONTROL.length)];
    if (command === undefined) return jsonResponse(404, { path });
    return withCors(jsonResponse(200, command(JSON.parse(body || "{}")) ?? {}));
  }

  function respond(request: HttpRequest): HttpResponse | undefined {
    if (request.path.startsWith(CONTROL)) return control(request);
    if (isCors && request.method === "OPTIONS") return PREFLIGHT;
    if (request.path.startsWith("/redirect")) return withCors(REDIRECT);
    if (request.path === "/target") followed += 1;
    const response = standIn.handle(request);
    return isCors && response !== undefined ? withCors(response) : response;
  }

  const server = createServer(async (incoming, outgoing) => {
    const request = await read(incoming);
    const response = respond(request);
    if (request.method === "POST" && request.path.startsWith("/stall"))
      outgoing.writeHead(201, CORS).write('{"data":');
    else if (response === undefined) outgoing.destroy();
    else outgoing.writeHead(response.status, response.headers).end(response.body);
  });
  const origin = await listen(server);
  return {
    apiUrl: `${origin}/v2`,
    controlUrl: `${origin}${CONTROL}`,
    stallUrl: `${origin}/stall`,
    redirectUrl: `${origin}/redirect`,
    apiKey: standIn.apiKey,
    roomId: standIn.roomId,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function withCors(response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, ...CORS } };
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const { method = "GET", url = "/", headers } = incoming;
  return { method, path: url, headers: headers as Record<string, string>, body: await text(incoming) };
}
