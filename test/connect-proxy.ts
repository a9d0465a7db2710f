import { createServer, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { listen } from "./loopback.ts";

/** A proxy that opens tunnels, as https needs them. */
export interface ConnectProxy {
  readonly origin: string;
  /** Its answers, each with the host that was asked for: "200 127.0.0.1:4010". */
  readonly asked: readonly string[];
  close(): void;
}

/** Starts a proxy that answers CONNECT with a status; 200 opens the tunnel. */
export async function startProxy(
  statusFor: (request: IncomingMessage) => number = () => 200,
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer().on("connect", (request: IncomingMessage, socket: Socket) => {
    const status = statusFor(request);
    asked.push(`${status} ${request.url}`);
    sockets.add(socket.on("error", () => socket.destroy()));
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    sockets.add(upstream.on("error", () => upstream.destroy()));
    socket.on("close", () => upstream.destroy());
    upstream.on("close", () => socket.destroy());
  });
  const origin = await listen(server);
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { origin, asked, close };
}
