import { createServer, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isRoomTokenError, RoomTokenClient } from "../../src/index.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/index.ts";
import { listen } from "../loopback.ts";
import { OTHER_ROOM } from "./helpers.ts";

const running: Sandbox[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
}

function clientOf({ url, apiKey }: Sandbox, maxRetries = 0): RoomTokenClient {
  return new RoomTokenClient({ baseUrl: url, apiKey, maxRetries });
}

const portOf = (sandbox: Sandbox) => Number(new URL(sandbox.url).port);

describe("startSandbox", () => {
  it("gives an address, a key and a room that the client works with", async () => {
    const sandbox = await start();
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
    const grant = await clientOf(sandbox).create(sandbox.roomId, { tokenTtlSecs: 60 });
    expect(Math.abs(grant.tokenExpiresAt.getTime() - Date.now() - 60_000)).toBeLessThan(30_000);
    await clientOf(sandbox).refresh(sandbox.roomId, grant);
    expect(sandbox.requests.map(({ operation, status }) => [operation, status])).toEqual([
      ["create", 201],
      ["refresh", 201],
    ]);
  });

  it("takes a port, a key and a room", async () => {
    const port = portOf(await start());
    await running.splice(0)[0]?.close();
    const sandbox = await start({ port, apiKey: "KEY_mine", roomId: OTHER_ROOM });
    expect(sandbox).toMatchObject({ apiKey: "KEY_mine", roomId: OTHER_ROOM });
    expect(sandbox.url).toBe(`http://127.0.0.1:${port}/v2`);
    await clientOf(sandbox).create(OTHER_ROOM);
  });

  it("listens on 127.0.0.1 alone, not on another address of the machine", async () => {
    const { url } = await start();
    await expect(fetch(url.replace("127.0.0.1", "127.0.0.2"))).rejects.toThrow("fetch failed");
    expect((await fetch(url)).status).toBe(404);
  });

  it("says in a sentence that the port is in use", async () => {
    const busy = createServer();
    await listen(busy);
    const { port } = busy.address() as AddressInfo;
    const error = await startSandbox({ port }).catch((thrown: unknown) => thrown);
    expect(isRoomTokenError(error) && [error.code, error.message]).toEqual([
      "invalid_argument",
      `port ${port} is in use: pass another one, or none for any that is free`,
    ]);
    busy.close();
  });

  it("says in a sentence that the port needs more rights, and passes on what else keeps it from listening", async () => {
    const failWith = (code: string) => {
      const error = Object.assign(new Error(`listen ${code}`), { code });
      vi.spyOn(Server.prototype, "listen").mockImplementationOnce(function (this: Server) {
        process.nextTick(() => this.emit("error", error));
        return this;
      });
      return error;
    };
    failWith("EACCES");
    await expect(startSandbox({ port: 80 })).rejects.toMatchObject({
      code: "invalid_argument",
      message: "port 80 needs more rights than you have: pass one above 1023",
    });
    const other = failWith("EMFILE");
    await expect(startSandbox()).rejects.toBe(other);
  });
});

describe("over HTTP", () => {
  it("sends one Date header, that of its own clock", async () => {
    const sandbox = await start();
    sandbox.advance(3_600_000);
    const requestedAt = Date.now();
    const { headers } = await fetch(sandbox.url);
    const date = Date.parse(headers.get("date") ?? "") - 3_600_000;
    expect(date).toBeGreaterThan(requestedAt - 1000); // in whole seconds
    expect(date).toBeLessThanOrEqual(Date.now());
  });

  it("cuts connections, and goes on after it", async () => {
    const sandbox = await start();
    sandbox.failNext({ dropConnection: true });
    await expect(clientOf(sandbox).create(sandbox.roomId)).rejects.toMatchObject({
      code: "connection_failed",
    });
    await clientOf(sandbox).create(sandbox.roomId);
    sandbox.failNext({ dropConnection: true });
    await clientOf(sandbox, 1).create(sandbox.roomId);
    expect(sandbox.requests.map(({ status }) => status)).toEqual([undefined, 201, undefined, 201]);
  });

  it("waits for the latency that is set", async () => {
    const sandbox = await start();
    sandbox.set({ latencyMs: 60_000 });
    const client = new RoomTokenClient({
      baseUrl: sandbox.url,
      apiKey: sandbox.apiKey,
      timeoutMs: 100,
      maxRetries: 0,
    });
    await expect(client.create(sandbox.roomId)).rejects.toMatchObject({ code: "timeout" });
  });

  it("serves 200 calls at once, each with a token of its own", async () => {
    const sandbox = await start();
    const client = clientOf(sandbox);
    const grants = await Promise.all(Array.from({ length: 200 }, () => client.create(sandbox.roomId)));
    expect(new Set(grants.map(({ token }) => token)).size).toBe(200);
    expect(sandbox.requests).toHaveLength(200);
  });
});

describe("close", () => {
  it("ends what waits, and may be called again", async () => {
    const sandbox = await start();
    sandbox.set({ latencyMs: 60_000 });
    const cut = expect(clientOf(sandbox).create(sandbox.roomId)).rejects.toMatchObject({
      code: "connection_failed",
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await sandbox.close();
    await cut;
    await sandbox.close();
    await expect(fetch(sandbox.url)).rejects.toThrow("fetch failed");
  });
});
