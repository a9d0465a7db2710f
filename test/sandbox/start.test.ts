import { once } from "node:events";
import { createServer, request, Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/index.ts";
import { freePort, listen } from "../loopback.ts";
import { OTHER_ROOM } from "./helpers.ts";

const running: Sandbox[] = [];

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A sandbox, and a client of it that does not retry. */
async function start(options?: SandboxOptions, timeoutMs?: number) {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  const { url: baseUrl, apiKey } = sandbox;
  return { sandbox, client: new RoomTokenClient({ baseUrl, apiKey, timeoutMs, maxRetries: 0 }) };
}

const createUrl = ({ url, roomId }: Sandbox) => `${url}/rooms/${roomId}/actions/generate_join_client_token`;

it("takes a port, a key and a room, with which the client works", async () => {
  const port = await freePort();
  const { sandbox, client } = await start({ port, apiKey: "KEY_mine", roomId: OTHER_ROOM });
  const url = `http://127.0.0.1:${port}/v2`;
  expect(sandbox).toMatchObject({ url, apiKey: "KEY_mine", roomId: OTHER_ROOM });
  await client.refresh(OTHER_ROOM, await client.create(OTHER_ROOM));
  expect(sandbox.requests).toMatchObject([
    { operation: "create", status: 201 },
    { operation: "refresh", status: 201 },
  ]);
});

it("listens on 127.0.0.1 alone, not on another address of the machine", async () => {
  const { url } = (await start()).sandbox;
  await expect(fetch(url.replace("127.0.0.1", "127.0.0.2"))).rejects.toThrow("fetch failed");
  expect((await fetch(url)).status).toBe(404);
});

it("says in a sentence that the port is in use", async () => {
  const busy = createServer();
  const port = Number(new URL(await listen(busy)).port);
  await expect(startSandbox({ port })).rejects.toMatchObject({
    code: "invalid_argument",
    message: `port ${port} is in use: pass another one, or none for any that is free`,
  });
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

it("sends one Date header, that of its own clock", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 22, 12) });
  const { sandbox } = await start();
  sandbox.advance(3_600_000);
  expect((await fetch(sandbox.url)).headers.get("date")).toBe("Sun, 22 Nov 2026 13:00:00 GMT");
});

it("cuts a connection, and goes on after it", async () => {
  const { sandbox, client } = await start();
  sandbox.failNext({ dropConnection: true });
  await expect(client.create(sandbox.roomId)).rejects.toMatchObject({ code: "connection_failed" });
  await client.create(sandbox.roomId);
  expect(sandbox.requests.map(({ status }) => status)).toEqual([undefined, 201]);
});

it("waits for the latency that is set", async () => {
  const { sandbox, client } = await start({}, 100);
  sandbox.set({ latencyMs: 60_000 });
  await expect(client.create(sandbox.roomId)).rejects.toMatchObject({ code: "timeout" });
});

describe.each(["url", "endpoint"] as const)(
  "a request to %s that waits while the sandbox is reset",
  (where) => {
    /** Sends a request that waits for the latency, and resolves when the sandbox has it. */
    async function startWaiting(sandbox: Sandbox) {
      sandbox.set({ latencyMs: 100 });
      const waiting = request(where === "url" ? createUrl(sandbox) : sandbox.endpoint, {
        method: "POST",
        headers: { Expect: "100-continue" },
      });
      const cut = expect(once(waiting, "response")).rejects.toMatchObject({ code: "ECONNRESET" });
      waiting.flushHeaders();
      await once(waiting, "continue");
      waiting.end("{}");
      await delay(20);
      return { waiting, cut };
    }

    it.each(["its client gave up", "its client still waits"])(
      "takes no fault and is not noted: %s",
      async (which) => {
        const { sandbox, client } = await start();
        const { waiting, cut } = await startWaiting(sandbox);
        if (which === "its client gave up") waiting.destroy();
        await delay(20);
        sandbox.reset();
        sandbox.failNext({ status: 404 });
        await delay(150);
        await cut;
        expect(sandbox.requests).toEqual([]);
        await expect(client.create(sandbox.roomId)).rejects.toMatchObject({ code: "not_found" });
      },
    );
  },
);

it("when it is closed it ends what waits, listens no more, and may be closed again", async () => {
  const { sandbox } = await start();
  sandbox.set({ latencyMs: 60_000 });
  const waiting = request(sandbox.url, { method: "POST", headers: { Expect: "100-continue" } });
  waiting.flushHeaders();
  await once(waiting, "continue"); // the sandbox has the request
  const cut = once(waiting.end(), "response");
  await Promise.all([expect(cut).rejects.toMatchObject({ code: "ECONNRESET" }), sandbox.close()]);
  await sandbox.close();
  await expect(fetch(sandbox.url)).rejects.toThrow("fetch failed");
});
