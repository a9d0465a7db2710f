import { type AddressInfo, createServer, type Server } from "node:net";

/** Lets a server listen on a free port of 127.0.0.1, and gives its origin: "http://127.0.0.1:4010". */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let tried = 0;

/**
 * A free port for a program that cannot say which one it got. It lies below those that a system gives out by itself,
 * among twenty that are this process's own, so that nothing else takes it before the program does.
 */
export async function freePort(): Promise<number> {
  const port = 11_000 + (process.pid % 1_000) * 20 + (tried++ % 20);
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
  });
  if (!isFree) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
