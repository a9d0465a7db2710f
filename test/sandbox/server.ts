import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { SandboxAnswer, SandboxRequest } from "./answers.ts";
import { CONTROL_PREFIX, control } from "./remote-control.ts";
import { baseUrlOf, Sandbox, type SandboxOptions } from "./sandbox.ts";

export interface SandboxServerOptions extends SandboxOptions {
  /** @default any free port */
  readonly port?: number;
}

/** A sandbox that listens on loopback. */
export class SandboxServer extends Sandbox {
  readonly #server: Server;
  #origin = "";

  constructor(options: SandboxServerOptions = {}) {
    super(options);
    this.#server = createServer((incoming, outgoing) => {
      void readRequest(incoming).then((request) => this.#serve(request, outgoing));
    });
  }

  /** The `baseUrl` for a client. */
  get url(): string {
    return baseUrlOf(this.#origin);
  }

  /** Where the sandbox is steered over HTTP. */
  get controlUrl(): string {
    return `${this.#origin}${CONTROL_PREFIX}`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      // A backlog that holds the burst of connections which the load tests open at once.
      this.#server.listen({ port, host: "127.0.0.1", backlog: 4096 }, resolve);
    });
    this.#origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts what is open and stops listening. */
  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: SandboxRequest, outgoing: ServerResponse): Promise<void> {
    if (request.path.startsWith(CONTROL_PREFIX)) return send(control(this, request), outgoing);
    const { latencyMs } = this.settings;
    if (latencyMs > 0) await delay(latencyMs, undefined, { ref: false });
    send(this.handle(request), outgoing);
  }
}

/** Starts a sandbox on a loopback port. */
export async function startSandbox(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  const sandbox = new SandboxServer(options);
  await sandbox.listen(options.port ?? 0);
  return sandbox;
}

function readRequest(incoming: IncomingMessage): Promise<SandboxRequest> {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  const path = incoming.url?.split("?", 1)[0] ?? "/";
  return new Promise((resolve) => {
    let body = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => {
      body += chunk;
    });
    incoming.on("end", () => resolve({ method: incoming.method ?? "GET", path, headers, body }));
  });
}

function send(answer: SandboxAnswer | undefined, outgoing: ServerResponse): void {
  if (!answer) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.end(answer.body);
}
