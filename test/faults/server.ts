import { createServer, type Server, type Socket } from "node:net";
import { listen } from "../loopback.ts";
import { OPAQUE_TOKEN } from "./canaries.ts";

/** A grant of both operations. */
export const GRANT = JSON.stringify({
  data: {
    token: OPAQUE_TOKEN,
    token_expires_at: "2026-11-22T10:10:00Z",
    refresh_token: OPAQUE_TOKEN,
    refresh_token_expires_at: "2026-11-22T11:00:00Z",
  },
});

/** A request as it arrived, to the last byte of its body. */
export interface Arrived {
  readonly head: string;
  readonly body: string;
}

/** What the server does with the socket once a request has arrived whole. */
export type Misbehaviour = (socket: Socket, request: Arrived) => void;

/** A server that reads whole requests, and then does to the socket what it is told: that need not be HTTP. */
export class FaultServer {
  origin = "";
  readonly requests: Arrived[] = [];
  connections = 0;
  bytesWritten = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(misbehave: Misbehaviour, onConnection: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on("error", () => {}); // the other side giving up is what is tested here
      socket.on("close", () => {
        this.#sockets.delete(socket);
        this.bytesWritten += socket.bytesWritten;
      });
      onConnection(socket);
      this.#listenTo(socket, misbehave);
    });
  }

  static async start(
    misbehave: Misbehaviour,
    onConnection: (socket: Socket) => void = () => {},
  ): Promise<FaultServer> {
    const server = new FaultServer(misbehave, onConnection);
    server.origin = await listen(server.#server);
    return server;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #listenTo(socket: Socket, misbehave: Misbehaviour): void {
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const headEnd = received.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = received.subarray(0, headEnd).toString();
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < headEnd + 4 + length) return;
      const request = { head, body: received.subarray(headEnd + 4, headEnd + 4 + length).toString() };
      received = received.subarray(headEnd + 4 + length);
      this.requests.push(request);
      misbehave(socket, request);
    });
  }
}

/** An answer in HTTP/1.1. Its Content-Length is that of the body, unless another one is given; null leaves it out. */
export function http(
  status: number,
  body: string | Buffer = "",
  headers: Record<string, string | number | null> = {},
): Buffer {
  const bytes = Buffer.from(body);
  const all = { connection: "close", "content-length": bytes.length, ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} -\r\n${lines.join("\r\n")}\r\n\r\n`), bytes]);
}

/** Sends these bytes and ends the connection as a server does that closes after an answer. */
export function send(...bytes: (string | Buffer)[]): Misbehaviour {
  return (socket) => {
    for (const part of bytes) socket.write(part);
    socket.end();
  };
}

/** Sends these bytes and then nothing more, ever. */
export function sendAndStall(...bytes: (string | Buffer)[]): Misbehaviour {
  return (socket) => {
    for (const part of bytes) socket.write(part);
  };
}

/** Sends these bytes, gives them time to arrive, and resets the connection. */
export function sendAndReset(...bytes: (string | Buffer)[]): Misbehaviour {
  return (socket) => {
    for (const part of bytes) socket.write(part);
    setTimeout(() => socket.resetAndDestroy(), bytes.length === 0 ? 0 : 30);
  };
}

/** Sends the first part at once, and the rest byte by byte: the connection is never idle for long. */
export function trickle(first: Buffer, rest: string, everyMs: number): Misbehaviour {
  return (socket) => {
    socket.write(first);
    const bytes = [...rest];
    const timer = setInterval(() => {
      const next = bytes.shift();
      if (next !== undefined && socket.writable) socket.write(next);
      else clearInterval(timer);
    }, everyMs);
    socket.on("close", () => clearInterval(timer));
  };
}
