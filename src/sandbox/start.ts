import { readOptions, type SandboxOptions } from "./options.ts";
import type { Sandbox } from "./sandbox.ts";
import { startServer } from "./server.ts";

/**
 * Starts a sandbox on a port of 127.0.0.1, and of no other address.
 *
 * @param options Port, key and room; each has a default.
 * @returns The sandbox, once it listens. It keeps the process alive until `close()`.
 * @throws RoomTokenError `invalid_argument`: an option breaks its rule or is unknown, or the port is in use.
 *
 * @example
 * ```ts
 * const sandbox = await startSandbox();
 * const roomTokens = new RoomTokenClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey });
 * sandbox.failNext({ status: 503 }); // the client retries, and gets its tokens
 * await roomTokens.create(sandbox.roomId);
 * await sandbox.close();
 * ```
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port, apiKey, roomId } = readOptions(options);
  return startServer({ port, apiKey, roomIds: [roomId] });
}
