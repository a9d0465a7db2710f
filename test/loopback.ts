import { type AddressInfo, createServer, type Server } from "node:net";

/** Lets a server listen on a free port of 127.0.0.1, and gives its origin: "http://127.0.0.1:4010". */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that was free a moment ago, for a program that cannot say which one it got. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = new URL(await listen(server));
  await new Promise((resolve) => server.close(resolve));
  return Number(port);
}
