import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { invalidArgument } from "../errors/arguments.ts";
import { peek } from "../lib/values.ts";
import { endpointPath, PageRoute } from "./page-route.ts";
import type { HttpRequest, HttpResponse } from "./responses.ts";
import type { Sandbox } from "./sandbox.ts";
import { StandIn, type StandInOptions } from "./stand-in.ts";
import { API_PREFIX } from "./token-api.ts";

/** A stand-in that listens on a port of 127.0.0.1. */
export class SandboxServer extends StandIn implements Sandbox {
  readonly #server: Server;
  readonly #pageRoute: PageRoute;
  /** One for each request that has no response yet. */
  readonly #pending = new Set<AbortController>();
  #origin = "";

  constructor(options: StandInOptions = {}) {
    super(options);
    this.#pageRoute = new PageRoute(this);
    this.#server = createServer((incoming, outgoing) => {
      // The request broke off, or a reset ended it.
      this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  get url(): string {
    return `${this.#origin}${API_PREFIX}`;
  }

  get endpoint(): string {
    return `${this.#origin}${endpointPath(this.roomId)}`;
  }

  /** @throws RoomTokenError `invalid_argument`: the port is in use, or this user may not listen on it. */
  async listen(port: number): Promise<void> {
    this.#origin = await listenOn(this.#server, port);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  override reset(): void {
    for (const pending of this.#pending) pending.abort();
    super.reset();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const pending = new AbortController();
    this.#pending.add(pending);
    outgoing.once("close", () => {
      this.#pending.delete(pending);
      pending.abort();
    });
    const request = await readRequest(incoming);
    pending.signal.throwIfAborted();
    const response = await this.#respondTo(request, pending.signal);
    pending.signal.throwIfAborted();
    send(response, outgoing);
  }

  async #respondTo(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse | undefined> {
    if (this.#pageRoute.matches(request)) return this.#pageRoute.respond(request, signal);
    const { latencyMs } = this.settings;
    if (latencyMs > 0) await delay(latencyMs, undefined, { ref: false, signal });
    return this.handle(request);
  }
}

/** Starts a stand-in on a loopback port; 0 takes any free one. */
export async function startServer({
  port = 0,
  ...options
}: StandInOptions & { readonly port?: number } = {}): Promise<SandboxServer> {
  const server = new SandboxServer(options);
  await server.listen(port);
  return server;
}

/**
 * Lets a server listen on a port of 127.0.0.1, and returns its origin.
 *
 * @throws RoomTokenError `invalid_argument`: the port is in use, or this user may not listen on it.
 */
export async function listenOn(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The backlog holds a burst of connections that are opened at once.
    server.listen({ port, host: "127.0.0.1", backlog: 4096 }, resolve);
  }).catch((thrown: unknown) => {
    throw portError(port, thrown);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function portError(port: number, thrown: unknown): unknown {
  switch (peek(thrown, "code")) {
    case "EADDRINUSE":
      return invalidArgument("port", `${port} is in use: pass another one, or none for any that is free`);
    case "EACCES":
      return invalidArgument("port", `${port} needs more rights than you have: pass one above 1023`);
    default:
      return thrown;
  }
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? "GET",
    path: incoming.url?.split("?", 1)[0] ?? "/",
    headers: Object.fromEntries(headers),
    body: await text(incoming),
  };
}

function send(response: HttpResponse | undefined, outgoing: ServerResponse): void {
  if (response === undefined) outgoing.destroy();
  else outgoing.writeHead(response.status, response.headers).end(response.body);
}
